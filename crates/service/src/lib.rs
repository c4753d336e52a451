//! What the product does: the only place where rules meet the world. No rule is written here, no byte is parsed here.

pub mod assess;
pub mod bundle;
pub mod compare;
pub mod compile;
pub mod cvss;
pub mod decisions;
pub mod gate;
pub mod funnel;
pub mod judge;
pub mod kbuild;
pub mod knowledge;
pub mod outside;
pub mod plan;
pub mod profile;
pub mod remedy;
pub mod statements;
pub mod rules;
pub mod scan;
pub mod tables;
pub mod ranking;
pub mod sentence;
pub mod sync;
pub mod version;
