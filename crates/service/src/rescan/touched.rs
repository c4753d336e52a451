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
}

impl Touched {
    pub async fn of(house: &House, delta: &KnowledgeDelta, feeds: &str) -> Result<Touched, Fault> {
        let mut touched = Touched::default();
        let mut look = house.store.look().await?;
        touched.put_marks(look.release_marks().await?);
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
        touched.whole.extend(touched.out_of_date(feeds));
        Ok(touched)
    }

    fn put_marks(&mut self, marks: Vec<store::reverse_index::ReleaseMark>) {
        let mut places: BTreeMap<String, Option<Place>> = BTreeMap::new();
        for one in marks {
            let setting = *places.entry(one.setting).or_insert_with_key(|text| {
                self.settings.push(Setting::read(text)?);
                Some(self.settings.len() - 1)
            });
            self.marks.put(one.release, Mark { organisation: one.organisation, setting });
        }
    }

    /// Releases that were judged when other feeds were out of date than today, and those that ship something of the
    /// delta and whose setting is not known, which only judging them tells.
    fn out_of_date(&self, feeds: &str) -> BTreeSet<i64> {
        let has_other = |setting: &Setting| setting.feeds != feeds;
        let others: Vec<bool> = self.settings.iter().map(has_other).collect();
        let aged = self.marks.releases().filter(|release| {
            let setting = self.marks.setting(*release);
            setting.and_then(|place| others.get(place)).copied().unwrap_or_default()
        });
        let shipping = self.releases.values().flatten().copied();
        aged.chain(shipping.filter(|release| self.marks.setting(*release).is_none())).collect()
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
