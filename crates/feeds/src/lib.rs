//! Where knowledge comes from.
//!
//! A feed knows its own documents by their content, reads them into records, and says how old it may get.
//! The one list of feeds, in reading order, is [`list::FEEDS`], that of sources that can be fetched
//! [`list::REMOTES`]; the contracts are [`feed::Feed`] (read) and [`fetch::Remote`] (fetch). This crate gets bytes and
//! opens nothing: folders are walked by `service::outside::directory`, and the network arrives as
//! [`transport::Transport`].

pub mod feed;
pub mod fetch;
pub mod list;
pub mod transport;
