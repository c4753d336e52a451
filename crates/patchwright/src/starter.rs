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
