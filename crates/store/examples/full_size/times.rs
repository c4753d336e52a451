//! Times of one kind of question, and what they come to.

use std::time::Instant;

/// Times in milliseconds.
pub struct Times(pub String, pub Vec<f64>);

impl Times {
    /// None yet.
    pub fn of(what: &str) -> Times {
        Times(what.to_owned(), Vec::new())
    }

    /// Adds what has passed since `begun`, and complains where it was long.
    pub fn add(&mut self, begun: Instant, what: &dyn Fn() -> String) {
        let time = begun.elapsed().as_secs_f64() * 1000.0;
        if time > 200.0 {
            println!("  {time:.0} ms: {} {}", self.0, what());
        }
        self.1.push(time);
    }

    /// One line: how many, the median, the 95th percentile, the worst.
    pub fn print(&self) {
        let mut times = self.1.clone();
        times.sort_by(f64::total_cmp);
        let last = times.len().saturating_sub(1);
        let at = |share: f64| times.get((last as f64 * share) as usize).copied().unwrap_or_default();
        let slow = times.iter().filter(|time| **time > 200.0).count();
        println!(
            "lists\t{}\t{} pages, p50 {:.1} ms, p95 {:.1} ms, worst {:.1} ms, {slow} above 200 ms",
            self.0,
            times.len(),
            at(0.5),
            at(0.95),
            at(1.0),
        );
    }
}
