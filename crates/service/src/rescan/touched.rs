//! What the store says of a delta: the components that its keys and vulnerabilities lead to, the releases that ship
//! them, and what is stored about the pairs.

use std::collections::{BTreeMap, BTreeSet};

use model::component::Component;
use store::matched::Matched;

use super::KnowledgeDelta;
use super::setting::Setting;
use crate::house::{Fault, House};

/// Releases of one setting, as a place in [`Touched::settings`].
pub(super) type Place = usize;

/// What the reverse index says of a delta.
#[derive(Default)]
pub(super) struct Touched {
    /// Distinct components by id.
    pub components: BTreeMap<i64, Component>,
    /// Those of them that a key of the delta leads to.
    pub by_key: BTreeSet<i64>,
    /// Releases that ship them: component to releases, ascending.
    pub releases: BTreeMap<i64, Vec<i64>>,
    /// The settings of all judged releases, each once.
    pub settings: Vec<Setting>,
    /// What is stored about the pairs.
    pub matches: BTreeMap<(i64, String), Matched>,
    /// Releases that are judged again whatever comes out.
    pub whole: BTreeSet<i64>,
    marks: Marks,
}

/// Owner and setting by release; ids begin at 1 and have few gaps.
#[derive(Default)]
struct Marks(Vec<Option<Mark>>);

#[derive(Clone, Copy)]
struct Mark {
    organisation: i64,
    /// `None` for a release that was not judged, or by a program that kept no setting.
    setting: Option<Place>,
    /// It would be judged otherwise today, with the same knowledge.
    is_past: bool,
}

impl Touched {
    /// What a delta touches at a moment, and whatever was judged with feeds of another age, by another program, or before
    /// a branch ended.
    pub async fn of(house: &House, delta: &KnowledgeDelta, feeds: &str, at: &str) -> Result<Touched, Fault> {
        let mut touched = Touched::default();
        let mut look = house.store.look().await?;
        touched.put_marks(look.release_marks().await?, feeds, at);
        touched.by_key = look.components_with_keys(&delta.keys).await?.into_iter().collect();
        for one in look.matches_of_vulnerabilities(&delta.vulnerabilities).await? {
            touched.matches.insert((one.component, one.vulnerability.clone()), one);
        }
        let known = touched.matches.keys().map(|(component, _)| *component);
        let ids: BTreeSet<i64> = touched.by_key.iter().copied().chain(known).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        touched.components = look.components_by_id(&ids).await?.into_iter().collect();
        touched.releases = look.releases_with_components(&ids).await?.into_iter().collect();
        touched.whole = if delta.everything {
            touched.marks.releases().collect()
        } else {
            let around = look.components_with_keys(&delta.surroundings).await?;
            look.releases_with_any(&around).await?.into_iter().collect()
        };
        touched.whole.extend(touched.out_of_date());
        Ok(touched)
    }

    fn put_marks(&mut self, marks: Vec<store::reverse_index::ReleaseMark>, feeds: &str, at: &str) {
        let mut known: BTreeMap<String, (Option<Place>, bool)> = BTreeMap::new();
        for one in marks {
            let (setting, is_past) = *known.entry(one.setting).or_insert_with_key(|text| {
                let Some(setting) = Setting::read(text) else { return (None, false) };
                let is_past = setting.is_past(feeds, at);
                (Some(self.place_of(setting.shared())), is_past)
            });
            self.marks.put(one.release, Mark { organisation: one.organisation, setting, is_past });
        }
    }

    fn place_of(&mut self, setting: Setting) -> Place {
        let known = self.settings.iter().position(|one| *one == setting);
        known.unwrap_or_else(|| {
            self.settings.push(setting);
            self.settings.len() - 1
        })
    }

    /// Releases that time or another program overtook, and those that ship something of the delta and whose setting is not
    /// known, which only judging them tells.
    fn out_of_date(&self) -> BTreeSet<i64> {
        let past = |release: &i64| self.marks.get(*release).is_some_and(|mark| mark.is_past);
        let shipping = self.releases.values().flatten().copied();
        let unknown = shipping.filter(|release| self.marks.setting(*release).is_none());
        self.marks.releases().filter(past).chain(unknown).collect()
    }

    /// The components that any release of a setting ships.
    pub fn shipped_in(&self, setting: Place) -> Vec<i64> {
        let is_of = |release: &i64| self.marks.setting(*release) == Some(setting);
        let shipped = self.releases.iter().filter(|(_, releases)| releases.iter().any(is_of));
        shipped.map(|(component, _)| *component).filter(|id| self.components.contains_key(id)).collect()
    }

    /// The releases of a setting that ship a component.
    pub fn releases_of(&self, component: i64, setting: Place) -> impl Iterator<Item = i64> {
        let releases = self.releases.get(&component).into_iter().flatten().copied();
        releases.filter(move |release| self.marks.setting(*release) == Some(setting))
    }

    /// Whose a release is.
    pub fn organisation(&self, release: i64) -> Option<i64> {
        Some(self.marks.get(release)?.organisation)
    }
}

impl Marks {
    fn put(&mut self, release: i64, mark: Mark) {
        let Ok(at) = usize::try_from(release) else { return };
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        if let Some(place) = self.0.get_mut(at) {
            *place = Some(mark);
        }
    }

    fn get(&self, release: i64) -> Option<Mark> {
        self.0.get(usize::try_from(release).ok()?).copied().flatten()
    }

    fn setting(&self, release: i64) -> Option<Place> {
        self.get(release)?.setting
    }

    fn releases(&self) -> impl Iterator<Item = i64> {
        let known = self.0.iter().enumerate().filter(|(_, mark)| mark.is_some());
        known.filter_map(|(at, _)| i64::try_from(at).ok())
    }
}
