//! Alerts: composed, written with the findings, sent.

mod channels;
mod compose;
mod desk;
mod digests;
mod dispatch;
mod raise;
mod settings;
mod sink;
mod smtp;
