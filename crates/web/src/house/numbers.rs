//! Health, and numbers for `/metrics`.

use service::health;
use service::house::Fault;

use super::HouseBackend;
use super::translate::failure;
use crate::backend::{Failure, Gauge, Kind};

pub(super) async fn health(of: &HouseBackend) -> Result<(), Failure> {
    health::health(&of.house).await.map_err(|fault| match fault {
        // Whoever asks is a balancer or a watchdog: what cannot be reached now may be in a moment.
        Fault::Store(error) => Failure::new(Kind::Unavailable, error.to_string()),
        other => failure(other),
    })
}

pub(super) async fn gauges(of: &HouseBackend) -> Result<Vec<Gauge>, Failure> {
    let numbers = health::numbers(&of.house, of.moment()).await.map_err(failure)?;
    let gauge =
        |name, about, labels: Vec<(&'static str, String)>, value: f64| Gauge { name, about, labels, value };
    let mut gauges = Vec::new();
    for (class, number) in numbers.open {
        let class = super::translate::class(class).word().to_owned();
        gauges.push(gauge("open_findings", "Open findings by class", vec![("class", class)], number as f64));
    }
    gauges.push(gauge("releases", "Releases that are watched", Vec::new(), numbers.releases as f64));
    for (state, number) in numbers.jobs {
        let labels = vec![("state", state.to_owned())];
        gauges.push(gauge("jobs", "Jobs by state", labels, number as f64));
    }
    for (feed, age) in numbers.feeds {
        let labels = vec![("feed", feed)];
        gauges.push(gauge("feed_age_seconds", "Age of what a feed said last", labels, age as f64));
    }
    Ok(gauges)
}
