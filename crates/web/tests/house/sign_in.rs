//! The way in over the real door.

use super::{PASSWORD, TestHouse};
use crate::visitor::proof;

#[test]
fn somebody_signs_in_and_out() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let page = ada.get("/help");
    assert!(page.status == 200 && page.body.contains("Ada Lovelace") && page.body.contains("Acme"));
    let before = ada.cookies.clone();
    assert_eq!(ada.post("/sign-out", &[("csrf", &proof(&page.body))]).header("location"), "/sign-in");
    ada.cookies = before;
    assert_eq!(ada.get("/help").status, 303, "the session is over for good");
}

#[test]
fn guessing_gets_slow_and_the_address_counts() {
    let house = TestHouse::new();
    let mut stranger = house.stranger();
    for _ in 0..5 {
        assert_eq!(stranger.sign_in("ada", "wrong").status, 422);
    }
    assert_eq!(stranger.sign_in("ada", "wrong").status, 422, "five mistakes are free");
    let answer = stranger.sign_in("ada", PASSWORD);
    assert_eq!((answer.status, answer.header("retry-after")), (429, "1"), "{}", answer.body);
    house.pass(1_000);
    assert_eq!(stranger.sign_in("ada", PASSWORD).status, 303);
}
