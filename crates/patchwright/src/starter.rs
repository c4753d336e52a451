//! What the program carries inside: starter knowledge and sample products, all written by us.

/// Facts on vulnerabilities that matter to embedded Linux, in the local record format.
pub const RECORDS: &[u8] = include_bytes!("../starter/knowledge.jsonl");

/// Which files of those records are built under which kernel options.
pub const KBUILD: &[u8] = include_bytes!("../starter/linux-6.1.kbuild");

/// A sample product's file: name and content.
pub type Sample = (&'static str, &'static [u8]);

/// A Yocto gateway: SPDX 3.0.1 and the kernel configuration.
pub const GATEWAY: [Sample; 2] = [
    ("gateway-4.1.0.spdx.json", include_bytes!("../starter/gateway-4.1.0.spdx.json")),
    ("gateway-4.1.0.config", include_bytes!("../starter/gateway-4.1.0.config")),
];

/// A Buildroot sensor: CycloneDX 1.6.
pub const SENSOR: [Sample; 1] =
    [("sensor-2.3.0.cdx.json", include_bytes!("../starter/sensor-2.3.0.cdx.json"))];

/// A Buildroot operator panel: CycloneDX 1.6.
pub const PANEL: [Sample; 1] = [("panel-1.3.0.cdx.json", include_bytes!("../starter/panel-1.3.0.cdx.json"))];

/// A release of a sample product for the demo server.
pub struct SampleRelease {
    /// Short name of the product.
    pub product: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The version.
    pub version: &'static str,
    /// How many hours ago it was handed in.
    pub hours_ago: i64,
    /// Its files, before `other`.
    pub files: &'static [Sample],
    /// What is other than in the files: text, and what stands in its place.
    pub other: &'static [(&'static str, &'static str)],
}

const DAY: i64 = 24;

/// Three products with several releases each, the oldest first; the newest came today.
pub const RELEASES: &[SampleRelease] = &[
    SampleRelease {
        product: "gateway",
        name: "Gateway",
        version: "4.0.2",
        hours_ago: 90 * DAY,
        files: &GATEWAY,
        other: &[
            ("4.1.0", "4.0.2"),
            ("6.1.90", "6.1.55"),
            ("9.6p1", "9.3p1"),
            ("8.3.0", "8.1.2"),
            ("3.0.13", "3.0.11"),
            ("1.4.74", "1.4.69"),
        ],
    },
    SampleRelease {
        product: "sensor",
        name: "Sensor",
        version: "2.2.1",
        hours_ago: 80 * DAY,
        files: &SENSOR,
        other: &[("2.3.0", "2.2.1"), ("2.28.3", "2.28.1"), ("8.4.0", "7.88.1"), ("2022.83", "2022.82")],
    },
    SampleRelease {
        product: "panel",
        name: "Operator panel",
        version: "1.3.0",
        hours_ago: 60 * DAY,
        files: &PANEL,
        other: &[],
    },
    SampleRelease {
        product: "gateway",
        name: "Gateway",
        version: "4.1.0",
        hours_ago: 40 * DAY,
        files: &GATEWAY,
        other: &[],
    },
    SampleRelease {
        product: "sensor",
        name: "Sensor",
        version: "2.3.0",
        hours_ago: 25 * DAY,
        files: &SENSOR,
        other: &[],
    },
    SampleRelease {
        product: "panel",
        name: "Operator panel",
        version: "1.4.0",
        hours_ago: 6 * DAY,
        files: &PANEL,
        other: &[
            ("1.3.0", "1.4.0"),
            ("5.15.120", "5.15.160"),
            ("1.1.1q", "3.0.14"),
            ("1.22.0", "1.26.1"),
            ("1.47.0", "1.61.0"),
        ],
    },
    SampleRelease {
        product: "gateway",
        name: "Gateway",
        version: "4.2.0",
        hours_ago: 3,
        files: &GATEWAY,
        other: &[
            ("4.1.0", "4.2.0"),
            ("6.1.90", "6.1.112"),
            ("9.6p1", "9.8p1"),
            ("8.3.0", "8.9.1"),
            ("3.0.13", "3.0.15"),
            ("2.89", "2.90"),
        ],
    },
];

impl SampleRelease {
    /// Its files: name and content.
    pub fn documents(&self) -> Vec<(String, Vec<u8>)> {
        let changed = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.other.iter().fold(text, |text, (from, to)| text.replace(from, to))
        };
        let name =
            |name: &str| self.other.iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, to));
        self.files.iter().map(|(file, bytes)| (name(file), changed(bytes).into_bytes())).collect()
    }
}
