//! The binary from outside: stories, exit codes, bad input, generated docs, and the house test.

mod binary;

mod asking;
mod assess;
mod bad_input;
mod compare;
mod browser;
mod cvss;
mod decisions;
mod demo;
mod docs;
mod exit_codes;
mod house;
mod images;
mod installation;
mod openwrt;
mod outputs;
mod packaging;
mod plan;
mod plugs;
mod policy;
mod profile;
mod sarif;
mod sbom;
mod serve;
mod story_scan_offline;
mod vex;
