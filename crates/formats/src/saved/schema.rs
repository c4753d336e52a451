//! The members of our own JSON that are read back.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Document<'t> {
    #[serde(borrow)]
    pub schema: Cow<'t, str>,
    #[serde(borrow, default)]
    pub product: Cow<'t, str>,
    #[serde(borrow, default)]
    pub release: Cow<'t, str>,
    #[serde(borrow)]
    pub findings: Vec<Finding<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Finding<'t> {
    #[serde(borrow)]
    pub vulnerability: Cow<'t, str>,
    #[serde(borrow, default)]
    pub aliases: Vec<Cow<'t, str>>,
    #[serde(borrow)]
    pub component: Component<'t>,
    #[serde(borrow)]
    pub verdict: Cow<'t, str>,
    /// `assess` says it here, `scan` in `assessment`.
    #[serde(borrow, default)]
    pub class: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub assessment: Option<Assessment<'t>>,
    #[serde(borrow, default)]
    pub effect: Option<Effect<'t>>,
}

/// `scan` describes the component, `assess` names it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Component<'t> {
    Name(#[serde(borrow)] Cow<'t, str>),
    Full {
        #[serde(borrow)]
        name: Cow<'t, str>,
    },
}

#[derive(Deserialize)]
pub(super) struct Assessment<'t> {
    #[serde(borrow)]
    pub class: Cow<'t, str>,
}

#[derive(Deserialize)]
pub(super) struct Effect<'t> {
    #[serde(borrow)]
    pub status: Cow<'t, str>,
    #[serde(borrow, default)]
    pub class: Option<Cow<'t, str>>,
}
