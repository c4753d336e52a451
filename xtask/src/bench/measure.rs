//! Whole-process figures: CPU seconds, wall seconds, peak memory.

use std::process::{Command, Stdio};

/// Medians over the counted runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// User and system seconds.
    pub cpu: f64,
    /// Wall seconds.
    pub wall: f64,
    /// Peak resident memory in KiB.
    pub peak: u64,
}

/// GNU time accounts a finished process; bash's own `time` knows no memory.
const TIME: &str = "/usr/bin/time";

/// Installs GNU time where it is missing.
pub fn require_time() -> Result<(), String> {
    if std::path::Path::new(TIME).exists() {
        return Ok(());
    }
    crate::shell::run(std::path::Path::new("/"), "apt-get", &["install", "-y", "time"])
        .map_err(|why| format!("GNU time is needed: {why}"))
}

/// Runs a command `runs` times after one run that is not counted, and returns the medians.
pub fn measure(words: &[String], runs: usize) -> Result<Figures, String> {
    let mut all = Vec::new();
    for run in 0..=runs {
        let figures = once(words)?;
        if run > 0 || runs == 1 {
            all.push(figures);
        }
    }
    let median = |of: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = all.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Ok(Figures {
        cpu: median(|figures| figures.cpu),
        wall: median(|figures| figures.wall),
        peak: median(|figures| figures.peak as f64) as u64,
    })
}

fn once(words: &[String]) -> Result<Figures, String> {
    let output = Command::new(TIME)
        .args(["-f", "figures %U %S %e %M"])
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cannot start {TIME}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line =
        text.lines().rev().find_map(|line| line.strip_prefix("figures ")).ok_or_else(|| text.clone())?;
    let values: Vec<f64> = line.split_whitespace().filter_map(|value| value.parse().ok()).collect();
    match values.as_slice() {
        // Exit 1 is an answer (a gate, a peer that found something); anything above is a failed run.
        [user, system, wall, peak] if output.status.code().is_some_and(|code| code <= 1) => {
            Ok(Figures { cpu: user + system, wall: *wall, peak: *peak as u64 })
        }
        _ => Err(format!("{} failed:\n{text}", words.join(" "))),
    }
}

/// The machine in a few words: processor, cores, memory.
pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name").and_then(|rest| rest.split(':').nth(1)))
        .map_or("unknown processor", str::trim);
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|value| value.parse().ok())
        .unwrap_or_default();
    format!("{model}, {cores} cores, {} GiB", kib / 1024 / 1024)
}
