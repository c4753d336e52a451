//! The description of the API, kept by hand and compared by a test with the table of routes and with real answers.

/// OpenAPI 3.1.
pub const TEXT: &str = include_str!("openapi.json");
