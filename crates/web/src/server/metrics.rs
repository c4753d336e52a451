//! Numbers for Prometheus: those of the shell, counted here, and those of the product, asked of the backend.

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge as Shown;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::backend::{Failure, Gauge, Kind};

type Labels = Vec<(String, String)>;

/// Upper bounds of the times of answers, in seconds; 0.2 is what *Today* may take.
const BOUNDS: [f64; 9] = [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0];

/// The numbers of the shell.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("patchwright");
        let requests = Family::<Labels, Counter>::default();
        let seconds: Family<Labels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BOUNDS));
        registry.register("http_requests", "Requests by route and kind of status", requests.clone());
        registry.register("http_seconds", "Time to the answer by route", seconds.clone());
        Metrics { registry, requests, seconds }
    }
}

impl Metrics {
    /// Counts an answer. Routes are named as in the table, never by address: addresses are without number.
    pub fn count(&self, route: &str, status: u16, took: Duration) {
        let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let kind = format!("{}xx", status / 100);
        self.requests.get_or_create(&vec![label("route", route), label("status", &kind)]).inc();
        self.seconds.get_or_create(&vec![label("route", route)]).observe(took.as_secs_f64());
    }

    /// The text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&self, gauges: &[Gauge]) -> Result<String, Failure> {
        let mut text = String::new();
        let mut product = Registry::with_prefix("patchwright");
        let mut names: Vec<&str> = gauges.iter().map(|gauge| gauge.name).collect();
        names.dedup();
        for name in names {
            let family = Family::<Labels, Shown<f64, std::sync::atomic::AtomicU64>>::default();
            let of_name = gauges.iter().filter(|gauge| gauge.name == name);
            let mut about = "";
            for gauge in of_name {
                let labels = gauge.labels.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
                family.get_or_create(&labels.collect()).set(gauge.value);
                about = gauge.about;
            }
            product.register(name, about, family);
        }
        let broken =
            |error: std::fmt::Error| Failure::new(Kind::Broken, format!("cannot write metrics: {error}"));
        encode(&mut text, &product).map_err(broken)?;
        // Each encoding ends with its end mark; only the last one may.
        text.truncate(text.rfind("# EOF").unwrap_or(text.len()));
        encode(&mut text, &self.registry).map_err(broken)?;
        Ok(text)
    }
}
