//! `cyclonedx`.
