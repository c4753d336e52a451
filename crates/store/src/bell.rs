//! The bell: rung when a transaction that queued work became true, so that whoever waits in this process need not wait
//! for his next look. A hint and no more: the truth is the table, and other processes hear nothing.

use tokio::sync::watch;

/// Rings for all who listen. Clones ring the same bell.
#[derive(Clone, Debug)]
pub(crate) struct Bell(watch::Sender<u64>);

impl Default for Bell {
    fn default() -> Bell {
        Bell(watch::Sender::new(0))
    }
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.0.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    pub(crate) fn ear(&self) -> Ear {
        Ear(self.0.subscribe())
    }
}

/// Hears that work was queued since it listened last; a ring between two waits is not lost.
#[derive(Clone, Debug)]
pub struct Ear(watch::Receiver<u64>);

impl Ear {
    /// Waits for the next ring; for ever once the store is gone.
    pub async fn heard(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
