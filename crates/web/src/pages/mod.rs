//! The pages of the server. One file a page: a plain *view* (what the page shows, computed elsewhere) and the template
//! that draws it. Views know no database, no rule and no request; the same view is the JSON of the API.
//!
//! Start with [`Show`], then [`today`]. What all pages share: [`frame`], [`list`], [`class`], [`links`], [`chart`].

pub mod at;
pub mod chart;
pub mod class;
pub mod form;
pub mod frame;
pub mod links;
pub mod list;
pub mod role;

pub mod account;
pub mod alerts;
pub mod audit;
pub mod bulk;
pub mod compare;
pub mod components;
pub mod decided;
pub mod decision;
pub mod decisions;
pub mod deed;
pub mod draft;
pub mod drafts;
pub mod error;
pub mod finding;
pub mod findings;
pub mod help;
pub mod join;
pub mod knowledge;
pub mod onward;
pub mod people;
pub mod person;
pub mod product;
pub mod products;
pub mod queue;
pub mod release;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod today;
pub mod vulnerabilities;
pub mod vulnerability;

use frame::{Crumb, Frame, Section};
use serde::Serialize;

/// A view that is a page, and an answer of the API.
pub trait Show: Serialize {
    /// Title of the window.
    fn title(&self) -> String;

    /// The entry of the rail.
    fn section(&self) -> Section;

    /// The way here; empty for pages of the rail.
    fn crumbs(&self) -> Vec<Crumb> {
        Vec::new()
    }

    /// The page.
    ///
    /// # Errors
    /// When the text cannot be written, which no template of ours does.
    fn render(&self, frame: &Frame) -> askama::Result<String>;
}
