//! What an organisation wants to be told: channels and subscriptions, one JSON document in the setting `alerts`. Secrets
//! are named in it and lie elsewhere ([`super::secret`]).

use std::collections::BTreeSet;

use model::access::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::audit::AuditEntry;
use store::{Change, Look, Moment, Scope, sha256};

use super::list::Kind;
use crate::house::Fault;

/// Name of the setting.
const NAME: &str = "alerts";
/// The version of the document's shape.
const VERSION: u32 = 1;

/// The document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Shape of the document: 1.
    pub version: u32,
    /// Where messages can go.
    #[serde(default)]
    pub channels: Vec<ChannelSetting>,
    /// Who is told of what.
    #[serde(default)]
    pub subscriptions: Vec<Subscription>,
    /// Hour of the day, in UTC, at which digests are sent: 0 to 23.
    #[serde(default = "six")]
    pub digest_hour: u8,
}

fn six() -> u8 {
    6
}

impl Default for Alerts {
    fn default() -> Alerts {
        Alerts { version: VERSION, channels: Vec::new(), subscriptions: Vec::new(), digest_hour: six() }
    }
}

/// A channel with its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSetting {
    /// Its name, unique; subscriptions name it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its settings, by the schema of the kind.
    pub settings: Value,
}

/// Who is told of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Its name, unique.
    pub name: String,
    /// Name of the channel.
    pub channel: String,
    /// Ids of products; absent = all, those of tomorrow included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<BTreeSet<i64>>,
    /// Of what: `immediate`, `may_be_immediate`, `contested`, `knowledge` at once, `digest` once a day.
    pub kinds: BTreeSet<AlertKind>,
    /// Whether a digest is sent on a day without changes: it shows that somebody watches.
    #[serde(default = "yes")]
    pub quiet_days: bool,
}

fn yes() -> bool {
    true
}

/// What somebody can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A finding is of class immediate, or rises to it.
    Immediate,
    /// What is not known yet allows class immediate.
    MayBeImmediate,
    /// New evidence contradicts a decision or the statements in force.
    Contested,
    /// Knowledge was refused, or is older than it may be.
    Knowledge,
    /// Once a day: new, worse, better, gone.
    Digest,
}

impl AlertKind {
    /// All, in order.
    pub const ALL: &'static [AlertKind] = &[
        AlertKind::Immediate,
        AlertKind::MayBeImmediate,
        AlertKind::Contested,
        AlertKind::Knowledge,
        AlertKind::Digest,
    ];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            AlertKind::Immediate => "immediate",
            AlertKind::MayBeImmediate => "may_be_immediate",
            AlertKind::Contested => "contested",
            AlertKind::Knowledge => "knowledge",
            AlertKind::Digest => "digest",
        }
    }
}

impl Alerts {
    /// Reads a document that somebody wrote.
    ///
    /// # Errors
    /// A sentence with line and column.
    pub fn parse(text: &str) -> Result<Alerts, String> {
        serde_json::from_str(text).map_err(|error| format!("alert settings: {error}"))
    }

    /// The channel of a name.
    pub fn channel(&self, name: &str) -> Option<&ChannelSetting> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// The subscription of a name.
    pub fn subscription(&self, name: &str) -> Option<&Subscription> {
        self.subscriptions.iter().find(|one| one.name == name)
    }

    /// Subscriptions that want a kind for a product (`None`: for the installation), with their channels.
    pub(super) fn wanting(
        &self,
        kind: AlertKind,
        product: Option<i64>,
    ) -> impl Iterator<Item = (&Subscription, &ChannelSetting)> {
        self.subscriptions
            .iter()
            .filter(move |one| one.kinds.contains(&kind) && product.is_none_or(|id| one.covers(id)))
            .filter_map(|one| Some((one, self.channel(&one.channel)?)))
    }

    /// Refuses a document that cannot work.
    ///
    /// # Errors
    /// A sentence that names the place.
    pub fn check(&self, products: &BTreeSet<i64>) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!(
                "version {} of alert settings is not known here: use {VERSION}",
                self.version
            ));
        }
        if self.digest_hour > 23 {
            return Err(format!("digest_hour is {}: hours go from 0 to 23", self.digest_hour));
        }
        let mut names = BTreeSet::new();
        for (number, channel) in self.channels.iter().enumerate() {
            let place = |why: String| format!("channels[{number}] {:?}: {why}", channel.name);
            check_name(&channel.name).map_err(place)?;
            if !names.insert(&channel.name) {
                return Err(place("another channel has this name".to_owned()));
            }
            channel.kind.check(&channel.settings).map_err(|why| place(format!("settings: {why}")))?;
        }
        let mut names = BTreeSet::new();
        for (number, one) in self.subscriptions.iter().enumerate() {
            let place = |why: String| format!("subscriptions[{number}] {:?}: {why}", one.name);
            check_name(&one.name).map_err(place)?;
            if !names.insert(&one.name) {
                return Err(place("another subscription has this name".to_owned()));
            }
            one.check(self, products).map_err(place)?;
        }
        Ok(())
    }
}

impl Subscription {
    fn covers(&self, product: i64) -> bool {
        self.products.as_ref().is_none_or(|ids| ids.contains(&product))
    }

    fn check(&self, alerts: &Alerts, products: &BTreeSet<i64>) -> Result<(), String> {
        let channel = alerts.channel(&self.channel);
        let channel = channel.ok_or_else(|| format!("there is no channel {:?}", self.channel))?;
        if !channel.kind.is_sent() {
            return Err(format!("channel {:?}: {}", self.channel, super::atom::NOTHING_IS_SENT));
        }
        if self.kinds.is_empty() {
            return Err("kinds is empty: name at least one".to_owned());
        }
        let wanted = self.products.iter().flatten();
        if let Some(missing) = wanted.clone().find(|id| !products.contains(id)) {
            return Err(format!("there is no product {missing}"));
        }
        if self.products.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err("products is empty: name one, or leave it out for all".to_owned());
        }
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.chars().count() > 64 || name != super::plain::plain(name) {
        return Err("a name is one line of 1 to 64 letters".to_owned());
    }
    Ok(())
}

/// The settings of an organisation; the default where nobody set any.
///
/// # Errors
/// `Broken` when a newer program wrote them: whoever would tell of something then stops, so that no alert is lost unseen.
pub async fn get(look: &mut Look, scope: &Scope) -> Result<Alerts, Fault> {
    let Some(text) = look.setting(scope, NAME).await? else { return Ok(Alerts::default()) };
    let alerts = Alerts::parse(&text).map_err(Fault::Broken)?;
    if alerts.version != VERSION {
        let why = format!("alert settings have version {}, which a newer program wrote", alerts.version);
        return Err(Fault::Broken(why));
    }
    Ok(alerts)
}

/// Sets them, with an entry in the organisation's log.
///
/// # Errors
/// `Refused` with the place of what cannot work, or when the role is not that of an administrator.
pub async fn put(
    change: &mut Change,
    scope: &Scope,
    alerts: &Alerts,
    actor: &str,
    now: Moment,
) -> Result<(), Fault> {
    if scope.role != Role::Admin || !scope.is_whole() {
        return Err(Fault::Refused("alerts are set by an administrator of the organisation".to_owned()));
    }
    let products: BTreeSet<i64> = change.products(scope).await?.iter().map(|product| product.id).collect();
    alerts.check(&products).map_err(Fault::Refused)?;
    let before = change.setting(scope, NAME).await?.unwrap_or_default();
    let after = serde_json::to_string(alerts).map_err(|error| Fault::Broken(error.to_string()))?;
    if before == after {
        return Ok(());
    }
    change.put_setting(scope, NAME, &after, now).await?;
    let entry = AuditEntry {
        product: None,
        at: now,
        actor: actor.to_owned(),
        act: "alerts.changed".to_owned(),
        subject: "setting/alerts".to_owned(),
        // Addresses of people stay out of a log that nobody can change: the hash says which document it was.
        body: json!({ "before": sha256(before.as_bytes()), "after": sha256(after.as_bytes()),
            "channels": alerts.channels.iter().map(|one| &one.name).collect::<Vec<_>>(),
            "subscriptions": alerts.subscriptions.iter().map(|one| &one.name).collect::<Vec<_>>() }),
    };
    change.log(scope, &entry).await?;
    Ok(())
}
