//! The comment lines at the top of a `.config`: who wrote it, for what, which version.

use model::build::ConfigOf;

/// Lines that are looked at.
const LINES: usize = 12;

/// What the header tells.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    /// What it configures.
    pub of: ConfigOf,
    /// Its words where `of` is unknown (`Buildroot`), else empty.
    pub other: &'a str,
    /// Version as written.
    pub version: &'a str,
    /// Architecture word; empty in old headers.
    pub arch: &'a str,
    /// It says that a program wrote it.
    pub is_generated: bool,
}

impl<'a> Header<'a> {
    /// Reads the first comment lines.
    pub fn of(text: &'a str) -> Header<'a> {
        let mut header = Header { of: ConfigOf::Unknown, ..Header::default() };
        let comments =
            text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with('#'));
        for line in comments.take(LINES) {
            header.take(line.trim_start_matches('#').trim());
        }
        header
    }

    fn take(&mut self, line: &'a str) {
        if line.starts_with("Automatically generated") {
            self.is_generated = true;
        } else if let Some(rest) = line.strip_prefix("Linux/") {
            self.linux(rest);
        } else if let Some(version) = line.strip_prefix("Linux kernel version:") {
            (self.of, self.version) = (ConfigOf::Linux, version.trim());
        } else if let Some(version) = starts_ignoring_case(line, "busybox version:") {
            (self.of, self.version) = (ConfigOf::Busybox, version.trim());
        } else if let Some(title) = line.strip_suffix("Configuration") {
            self.titled(title.trim());
        }
    }

    /// `arm64 6.1.22 Kernel Configuration`
    fn linux(&mut self, rest: &'a str) {
        let mut words = rest.split_whitespace();
        let (arch, version) = (words.next(), words.next());
        if let (Some(arch), Some(version), true) = (arch, version, rest.ends_with("Kernel Configuration")) {
            (self.of, self.arch, self.version) = (ConfigOf::Linux, arch, version);
        }
    }

    /// `U-Boot 2022.01`, `Buildroot 2022.02`, `BusyBox 1.37.0`
    fn titled(&mut self, title: &'a str) {
        let (program, version) = title.split_once(' ').unwrap_or((title, ""));
        self.version = version.trim();
        match program.to_ascii_lowercase().as_str() {
            "u-boot" => self.of = ConfigOf::Uboot,
            "busybox" => self.of = ConfigOf::Busybox,
            _ => self.other = program,
        }
    }
}

fn starts_ignoring_case<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = line.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}
