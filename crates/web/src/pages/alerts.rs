//! Alerts: over which channels the team is told of what.

use askama::Template;
use serde::Serialize;

use super::frame::{Crumb, Frame, Section};
use super::{Show, links};

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Alerts {
    /// The whole document, as JSON.
    pub text: String,
    /// Channels: (name, kind, whether messages are sent by it).
    pub channels: Vec<(String, String, bool)>,
    /// Subscriptions: (name, channel, what of).
    pub subscriptions: Vec<(String, String, String)>,
    /// True where this server can send.
    pub can_send: bool,
    /// What became of a test message.
    #[serde(skip)]
    pub outcomes: Vec<Outcome>,
    /// What is wrong with the text that was sent; empty for nothing.
    #[serde(skip)]
    pub complaint: String,
}

/// What became of a test message to one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The channel.
    pub channel: String,
    /// The receiver; empty where the channel has one only.
    pub target: String,
    /// True where it was taken.
    pub is_taken: bool,
    /// What the other side said.
    pub says: String,
}

#[derive(Template)]
#[template(path = "pages/alerts.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Alerts,
}

impl Drawn<'_> {
    /// An example for whoever has none yet.
    fn example(&self) -> &'static str {
        include_str!("alerts.example.json")
    }

    fn place(&self, channel: &str) -> String {
        format!("/settings/alerts/channels/{}/test", links::encode(channel))
    }
}

impl Show for Alerts {
    fn title(&self) -> String {
        "Alerts".to_owned()
    }

    fn section(&self) -> Section {
        Section::Settings
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Settings", "/settings"), Crumb::here("Alerts")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
