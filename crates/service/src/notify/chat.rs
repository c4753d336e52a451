//! Chat rooms: the same words in the shapes of Slack, Teams and Matrix. Foreign words stand only where the shape reads them
//! as plain text, so that a component's name can neither format nor call anybody.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::channel::{Channel, Delivered, Outcome, Outgoing, Parcel};
use super::compose::Message;
use super::plain::{escaped, path_part, shortened};
use super::post::{Post, Question, ask, check_url};
use super::secret::{Secret, SecretName, Secrets};

/// What kind of chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An incoming webhook of Slack.
    Slack,
    /// A workflow of Teams that takes a web request.
    Teams,
    /// A room of Matrix, over the API of its server.
    Matrix,
}

/// Settings of a chat channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatSettings {
    /// What kind.
    pub shape: Shape,
    /// Slack and Teams: name of the secret that is the webhook's address; whoever knows it can write to the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_secret: Option<SecretName>,
    /// Matrix: the server, `https://matrix.example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Matrix: id of the room, `!abc:matrix.example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Matrix: name of the secret that is the access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretName>,
}

impl ChatSettings {
    pub(super) fn check(&self) -> Result<(), String> {
        let is_matrix = self.shape == Shape::Matrix;
        let given = [self.server.is_some(), self.room.is_some(), self.token.is_some()];
        if is_matrix && (given != [true; 3] || self.url_secret.is_some()) {
            return Err("shape matrix needs server, room and token, and no url_secret".to_owned());
        }
        if !is_matrix && (given != [false; 3] || self.url_secret.is_none()) {
            return Err("shapes slack and teams need url_secret, and no server, room or token".to_owned());
        }
        if let Some(server) = &self.server {
            check_url(server).map_err(|why| format!("server: {why}"))?;
        }
        match &self.room {
            Some(room) if !room.starts_with('!') => Err(format!(
                "room {room:?} is no id of a room: it begins with ! (see the room's advanced settings)"
            )),
            _ => Ok(()),
        }
    }
}

/// The channel.
pub(super) struct Chat {
    settings: ChatSettings,
    organisation: i64,
    secrets: Arc<dyn Secrets>,
    post: Arc<dyn Post>,
}

impl Chat {
    pub(super) fn new(settings: ChatSettings, organisation: i64, outgoing: &Outgoing) -> Chat {
        Chat {
            settings,
            organisation,
            secrets: Arc::clone(&outgoing.secrets),
            post: Arc::clone(&outgoing.post),
        }
    }

    fn secret(&self, name: Option<&SecretName>) -> Result<Secret, Outcome> {
        let name = name.ok_or_else(|| Outcome::Refused("the channel has no secret".to_owned()))?;
        self.secrets.secret(self.organisation, name).map_err(|why| Outcome::Failed { why, wait: 0 })
    }

    fn question(&self, message: &Message, parcel: &Parcel) -> Result<Question, Outcome> {
        let mut headers = vec![("Idempotency-Key", Secret::new(&parcel.key))];
        let (method, url, body) = match self.settings.shape {
            Shape::Slack => ("POST", self.secret(self.settings.url_secret.as_ref())?, slack(message)),
            Shape::Teams => ("POST", self.secret(self.settings.url_secret.as_ref())?, teams(message)),
            Shape::Matrix => {
                let token = self.secret(self.settings.token.as_ref())?;
                headers.push(("Authorization", Secret::new(&format!("Bearer {}", token.expose()))));
                // The last part of the path is Matrix's own idempotency key.
                let url = format!(
                    "{}/_matrix/client/v3/rooms/{}/send/m.room.message/{}",
                    self.settings.server.as_deref().unwrap_or_default().trim_end_matches('/'),
                    path_part(self.settings.room.as_deref().unwrap_or_default()),
                    path_part(&parcel.key)
                );
                ("PUT", Secret::new(&url), matrix(message))
            }
        };
        check_url(url.expose()).map_err(Outcome::Refused)?;
        Ok(Question { method, url, headers, body: body.to_string().into_bytes() })
    }
}

impl Channel for Chat {
    fn deliver<'a>(&'a self, message: &'a Message, parcel: &'a Parcel) -> Delivered<'a> {
        Box::pin(async move {
            match self.question(message, parcel) {
                Ok(question) => ask(self.post.as_ref(), &question).await,
                Err(outcome) => outcome,
            }
        })
    }
}

/// Lines as text, without addresses: the rooms get one link. Cut where a room takes no more.
fn lines(message: &Message, most: usize) -> String {
    let mut text = String::new();
    let mut left = 0_usize;
    for section in &message.sections {
        let heading = Some(&section.heading).filter(|heading| !heading.is_empty()).cloned();
        let lines = section.lines.iter().map(|line| {
            let details: String = line.details.iter().map(|detail| format!("\n   {detail}")).collect();
            format!("• {}{details}", line.words)
        });
        let more = Some(&section.more).filter(|more| !more.is_empty()).cloned();
        for line in heading.into_iter().chain(lines).chain(more) {
            if text.chars().count() + line.chars().count() + 1 > most {
                left += 1;
            } else {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    if left > 0 {
        text.push_str(&format!("… {left} more lines behind the link"));
    }
    text.trim_end().to_owned()
}

/// Characters that Slack takes in one text.
const SLACK_TEXT: usize = 2800;
/// Characters of a heading in Slack.
const SLACK_HEADING: usize = 150;
/// Characters for the others, which count the whole message.
const ROOM_TEXT: usize = 12_000;

/// Slack: `plain_text` blocks are never read as markup; `text` is what notifications show, its three letters escaped, so
/// that nobody can be called by `<!channel>`.
fn slack(message: &Message) -> Value {
    let inert = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words = |text: &str| json!({ "type": "plain_text", "text": text, "emoji": false });
    let section = |text: &str| json!({ "type": "section", "text": words(text) });
    let mut blocks = vec![
        json!({ "type": "header", "text": words(&shortened(&message.subject, SLACK_HEADING)) }),
        section(&shortened(&message.lead, SLACK_TEXT)),
    ];
    let lines = lines(message, SLACK_TEXT);
    if !lines.is_empty() {
        blocks.push(section(&lines));
    }
    blocks.push(json!({
        "type": "section",
        "text": { "type": "mrkdwn", "text": format!("<{}|{}>", inert(&message.link.1), inert(&message.link.0)) },
    }));
    json!({ "text": inert(&message.subject), "blocks": blocks, "unfurl_links": false })
}

/// Teams: text runs of an adaptive card are never read as Markdown.
fn teams(message: &Message) -> Value {
    let run = |text: &str, weight: &str| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": text, "weight": weight }] });
    let mut body = vec![run(&message.subject, "Bolder"), run(&message.lead, "Default")];
    let text = lines(message, ROOM_TEXT);
    body.extend(text.lines().map(|line| run(line, "Default")));
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{ "type": "Action.OpenUrl", "title": message.link.0, "url": message.link.1 }],
    });
    let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card });
    json!({ "type": "message", "attachments": [attachment] })
}

/// Matrix: plain text and the same as escaped HTML; `m.mentions` is empty, so that nobody is called.
fn matrix(message: &Message) -> Value {
    let text = lines(message, ROOM_TEXT);
    let (words, url) = &message.link;
    let html_lines: Vec<String> = text.lines().map(escaped).collect();
    json!({
        "msgtype": "m.text",
        "body": format!("{}\n{text}\n{words}: {url}", message.lead),
        "format": "org.matrix.custom.html",
        "formatted_body": format!(
            "<p><b>{}</b></p><p>{}</p><p><a href=\"{}\">{}</a></p>",
            escaped(&message.lead),
            html_lines.join("<br>"),
            escaped(url),
            escaped(words)
        ),
        "m.mentions": {},
    })
}
