//! What people make of findings: decisions with their proposals, reviews and edits, many at once, comments, the queue
//! and the history. Rules of decisions stand in `analysis::statements`; what a role may do in `access::table`.
//!
//! Start with [`decide`]. A deed takes the [`crate::house::House`], who asks, and the moment.

pub mod approve;
pub mod bulk;
pub mod current;
pub mod decide;
pub mod demands;
pub mod edit;
pub mod ending;
pub mod history;
pub mod queue;
pub mod sight;
pub mod snooze;
pub mod undo;
pub mod word;
