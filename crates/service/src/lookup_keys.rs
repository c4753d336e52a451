//! The lookup keys of stored components: by them a change of knowledge finds what it touches.
//!
//! Keys are made by the rules of the program and the tables of the index in use. When either differs from what stored
//! keys were made by, those are made anew, in steps of their own: a node that is killed goes on where it stopped.

use model::component::Component;
use store::{Change, Store};

use crate::house::{Current, Fault};

/// Components whose keys are made anew in one transaction.
const STEP: u32 = 1_000;

/// Puts the keys of components.
pub(crate) async fn put(
    change: &mut Change,
    current: &Current,
    components: &[(i64, &Component)],
) -> Result<(), Fault> {
    let index = &current.knowledge.index;
    let keys: Vec<(i64, Vec<String>)> = components
        .iter()
        .map(|(id, component)| (*id, index::keys::keys_of_component(component, index.alias_table())))
        .collect();
    Ok(change.put_component_keys(&keys, mark(current)).await?)
}

/// Makes the keys anew of all components whose keys were made by something else. Returns how many those were.
pub(crate) async fn renew(store: &Store, current: &Current) -> Result<usize, Fault> {
    let mut renewed = 0;
    loop {
        let mut look = store.look().await?;
        let old = look.components_of_other_keys(mark(current), STEP).await?;
        drop(look);
        if old.is_empty() {
            return Ok(renewed);
        }
        let components: Vec<(i64, &Component)> = old.iter().map(|(id, component)| (*id, component)).collect();
        let mut change = store.change().await?;
        put(&mut change, current, &components).await?;
        change.commit().await?;
        renewed += old.len();
    }
}

/// What stands for the rules and tables in use.
fn mark(current: &Current) -> i64 {
    current.knowledge.index.keys_mark().cast_signed()
}
