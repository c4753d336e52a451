//! Fills a store to full size and measures every list that pages ask for: `full_size URL [RELEASES [FINDINGS_PER_RELEASE]]`.
//! Prints the rate of intake, then percentiles of each list over its filters, orders and scopes, in milliseconds. Lines
//! that begin with `lists` and a tab are read by `cargo xtask bench lists`.

mod fill;
mod measure;
mod times;

use store::{Result, Store};

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let url = words.next().unwrap_or_else(|| "sqlite:full_size.db".to_owned());
    let releases: i64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(10_000);
    let each: usize = words.next().and_then(|word| word.parse().ok()).unwrap_or(500);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&url).await?;
        if store.look().await?.organisations().await?.is_empty() {
            fill::fill(&store, releases, each).await?;
        }
        measure::measure(&store).await
    })
}
