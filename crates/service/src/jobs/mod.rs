//! Work that is queued: in the store's table, claimed under leases, safe to run twice. Start with [`list::Job`].

pub mod list;
pub mod queue;
