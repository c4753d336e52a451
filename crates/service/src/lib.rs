//! What the product does: the only place where rules meet the world. No rule is written here, no byte is parsed here.

pub mod assess;
pub mod compile;
pub mod cvss;
pub mod funnel;
pub mod judge;
pub mod kbuild;
pub mod knowledge;
pub mod outside;
pub mod profile;
pub mod ranking;
pub mod scan;
pub mod sentence;
pub mod version;
