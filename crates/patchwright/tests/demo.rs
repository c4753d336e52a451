//! `demo` works on embedded defaults and says plainly what it is.

use crate::binary::run;

#[test]
fn demo_scans_both_samples_and_explains_two_kernel_findings() {
    let ran = run(&["demo"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for word in ["gateway", "sensor", "starter knowledge", "E_CONFIG_OFF", "K_IN_BRANCH_RANGE", "index build"]
    {
        assert!(ran.out.contains(word), "`{word}` is missing in:\n{}", ran.out);
    }
}

#[test]
fn demo_says_how_old_the_starter_knowledge_is() {
    let ran = run(&["demo", "--at", "2026-08-30"]);
    assert!(ran.out.contains("days old"), "{}", ran.out);
}

#[test]
fn demo_is_the_same_every_time() {
    assert_eq!(run(&["demo", "--at", "2026-11-22"]).out, run(&["demo", "--at", "2026-11-22"]).out);
}
