//! CPE configurations over the whole release (matching.md 5.6).
//!
//! The tree is read as alternatives: each is one criterion that names the component, with everything that is
//! AND-ed to it as its condition. Versions and conditions are judged apart, so that the answer can say
//! which of them decided.

use model::finding::{Evidence, Verdict};
use model::identity::name::{is_no_name, same_name};
use model::reason::Reason;
use model::record::{CpeLeaf, CpeNode, CpeRow, Record};

use super::leaf;
use super::release::Release;
use super::truth::{Condition, Truth};
use crate::matching::identity::{Fit, Fits, Identity, Recognition};
use crate::matching::ranges::{ComponentVersion, Detail, RangeAnswer, combine_claims, judge_rows};

/// What a configuration is judged against.
pub struct TreeContext<'c> {
    /// The component's identity.
    pub identity: &'c Identity<'c>,
    /// Its version.
    pub version: &'c ComponentVersion<'c>,
    /// The release around it.
    pub release: &'c Release<'c>,
    /// Its identity tests.
    pub fits: &'c Fits<'c>,
}

/// What the configurations of a record say about the component.
#[derive(Clone, Debug)]
pub enum TreeAnswer {
    /// Nothing: no criterion names it.
    Silent,
    /// They name a namesake, or the component as platform only.
    Removed(Reason),
    /// They name it.
    Named {
        /// The version answer, conditions included.
        answer: RangeAnswer,
        /// How it was recognised; `None` = by name only.
        recognition: Option<Recognition>,
        /// `vendor:product` of the criterion.
        subject: String,
        /// Every criterion that names it requires a platform that is not ours, for this reason.
        foreign_platform: Option<Reason>,
        /// A platform condition is stated, and it holds.
        states_our_platform: bool,
    },
}

/// One criterion that names the component, with its condition.
struct Alternative<'t> {
    leaf: &'t CpeLeaf<'t>,
    fit: Option<Recognition>,
    condition: Truth,
    is_conditional: bool,
    conditions: Vec<Condition>,
}

/// All that was found in the configurations.
#[derive(Default)]
struct Found<'t> {
    alternatives: Vec<Alternative<'t>>,
    /// `vulnerable: false` criteria that name the component.
    cleared: Vec<(&'t CpeLeaf<'t>, Option<Recognition>)>,
    removed: Vec<Reason>,
}

/// Judges all configurations of a record.
pub fn judge_configurations(context: &TreeContext<'_>, record: &Record<'_>) -> TreeAnswer {
    let walk = Walk { context, record };
    let mut found = Found::default();
    for node in &record.configurations {
        walk.node(node, &mut found);
    }
    found.keep_the_recognised();
    if found.alternatives.is_empty() {
        return found.without_alternatives(context, record);
    }
    found.judge(context, record)
}

struct Walk<'c, 'r> {
    context: &'c TreeContext<'c>,
    record: &'r Record<'r>,
}

impl<'r> Walk<'_, 'r> {
    fn fit(&self, leaf: &'r CpeLeaf<'r>) -> Fit {
        let context = self.context;
        let identity = context.identity;
        if !identity.is_named(&leaf.head.product) && !is_no_name(&leaf.head.product) {
            return Fit::Unrelated;
        }
        context.fits.head(&leaf.head)
    }

    /// Whether a leaf names the component, and how.
    fn names(&self, leaf: &'r CpeLeaf<'r>) -> Option<Option<Recognition>> {
        match self.fit(leaf) {
            Fit::Is(recognition) => Some(Some(recognition)),
            Fit::NameOnly => Some(None),
            _ => None,
        }
    }

    fn holds_component(&self, node: &'r CpeNode<'r>) -> bool {
        let by_leaf = node.leaves.iter().any(|leaf| leaf.vulnerable && self.names(leaf).is_some());
        by_leaf || node.children.iter().any(|child| self.holds_component(child))
    }

    fn node(&self, node: &'r CpeNode<'r>, found: &mut Found<'r>) {
        let first = found.alternatives.len();
        self.leaves(node, found);
        for child in &node.children {
            self.node(child, found);
        }
        if node.is_and {
            self.add_conditions(node, found, first);
        } else {
            unspecific_hardware(&mut found.alternatives[first..]);
        }
        if node.negate {
            for alternative in &mut found.alternatives[first..] {
                alternative.condition = alternative.condition.and(Truth::Unknown);
                alternative.is_conditional = true;
            }
        }
    }

    fn leaves(&self, node: &'r CpeNode<'r>, found: &mut Found<'r>) {
        for leaf in &node.leaves {
            match self.fit(leaf) {
                Fit::Is(recognition) => self.add(leaf, Some(recognition), found),
                Fit::NameOnly => self.add(leaf, None, found),
                Fit::Not(Reason::INoProduct) => found.removed.push(Reason::INoProduct),
                Fit::Not(reason) if leaf.vulnerable => found.removed.push(reason),
                _ => {}
            }
        }
    }

    fn add(&self, leaf: &'r CpeLeaf<'r>, fit: Option<Recognition>, found: &mut Found<'r>) {
        if !leaf.vulnerable {
            found.cleared.push((leaf, fit));
            return;
        }
        let context = self.context;
        let own = leaf::own_condition(context.release, context.identity.component, &leaf.head);
        let mut conditions = Vec::new();
        if own != Truth::True && context.version.detail == Detail::Full {
            conditions.push(Condition {
                truth: own,
                asked: own_words(leaf),
                because: context.release.os_because.clone(),
            });
        }
        let is_conditional = own != Truth::True || !is_plain(leaf);
        found.alternatives.push(Alternative { leaf, fit, condition: own, is_conditional, conditions });
    }

    /// Everything else in an AND node is a condition of the alternatives found below it. Two vulnerable
    /// criteria that both name the component are two names of one product, not two conditions.
    fn add_conditions(&self, node: &'r CpeNode<'r>, found: &mut Found<'r>, first: usize) {
        if found.alternatives.len() == first {
            return;
        }
        let own: Vec<&CpeLeaf<'_>> = found.alternatives[first..].iter().map(|one| one.leaf).collect();
        let mut whole = Truth::True;
        let mut stated = Vec::new();
        for leaf in &node.leaves {
            if (leaf.vulnerable && self.names(leaf).is_some()) || self.is_other_name(leaf, &own) {
                continue;
            }
            self.condition(leaf, &mut stated, &mut whole, Truth::and);
        }
        for child in &node.children {
            if self.holds_component(child) || self.is_other_names(child, &own) {
                continue;
            }
            let value = self.platform(child, &mut stated);
            whole = whole.and(value);
        }
        for alternative in &mut found.alternatives[first..] {
            alternative.condition = alternative.condition.and(whole);
            alternative.is_conditional = true;
            alternative.conditions.extend(stated.iter().cloned());
        }
    }

    /// The value of a node that does not name the component.
    fn platform(&self, node: &'r CpeNode<'r>, stated: &mut Vec<Condition>) -> Truth {
        let join = if node.is_and { Truth::and } else { Truth::or };
        let mut whole: Option<Truth> = None;
        for leaf in &node.leaves {
            let mut value = whole.unwrap_or(if node.is_and { Truth::True } else { NO_ALTERNATIVE });
            self.condition(leaf, stated, &mut value, join);
            whole = Some(value);
        }
        for child in &node.children {
            let value = self.platform(child, stated);
            whole = Some(whole.map_or(value, |so_far| join(so_far, value)));
        }
        let whole = whole.unwrap_or(Truth::True);
        if node.negate { whole.negated() } else { whole }
    }

    fn condition(
        &self,
        leaf: &CpeLeaf<'_>,
        stated: &mut Vec<Condition>,
        whole: &mut Truth,
        join: fn(Truth, Truth) -> Truth,
    ) {
        let context = self.context;
        let judged = leaf::platform_criterion(context.release, self.record, leaf, context.version.trace);
        *whole = join(*whole, judged.truth);
        if context.version.detail == Detail::Full {
            let head = &leaf.head;
            let asked = format!("{}:{}:{}{}", head.part, head.vendor, head.product, rows_words(&leaf.rows));
            stated.push(Condition { truth: judged.truth, asked, because: judged.because.into_owned() });
        }
    }

    /// A vulnerable criterion beside the component's that is another name of the same product: the record
    /// means "under either name" (CVE-2023-29011: `gitforwindows:git` and `…:git_for_windows`).
    fn is_other_name(&self, leaf: &CpeLeaf<'_>, own: &[&CpeLeaf<'_>]) -> bool {
        if !leaf.vulnerable || leaf.head.part == "h" || leaf::is_kernel(&leaf.head) {
            return false;
        }
        let (vendor, product) = (&leaf.head.vendor, &leaf.head.product);
        let is_alike = |own: &&CpeLeaf<'_>| {
            same_name(&own.head.product, product)
                || same_name(&own.head.vendor, product)
                || same_name(vendor, &own.head.product)
        };
        self.context.identity.rows.iter().any(|row| row.has_cpe(vendor, product)) || own.iter().any(is_alike)
    }

    fn is_other_names(&self, node: &CpeNode<'_>, own: &[&CpeLeaf<'_>]) -> bool {
        !node.is_and
            && node.children.is_empty()
            && !node.leaves.is_empty()
            && node.leaves.iter().all(|leaf| self.is_other_name(leaf, own))
    }
}

/// The value from which alternatives are joined: false until one holds.
const NO_ALTERNATIVE: Truth = Truth::False(Reason::PCoComponentAbsent);

fn is_plain(leaf: &CpeLeaf<'_>) -> bool {
    let head = &leaf.head;
    [&head.target_sw, &head.target_hw, &head.edition].iter().all(|value| matches!(&***value, "" | "*" | "-"))
}

/// Old records list the same versions with and without hardware: then the hardware means nothing.
fn unspecific_hardware(alternatives: &mut [Alternative<'_>]) {
    let plain: Vec<&CpeLeaf<'_>> =
        alternatives.iter().map(|alternative| alternative.leaf).filter(|leaf| is_plain(leaf)).collect();
    if plain.is_empty() {
        return;
    }
    let also_plain = |leaf: &CpeLeaf<'_>| {
        plain.iter().any(|other| {
            let heads = other.head.vendor == leaf.head.vendor && other.head.product == leaf.head.product;
            heads && leaf.rows.iter().any(|row| other.rows.contains(row))
        })
    };
    let repeated: Vec<bool> =
        alternatives.iter().map(|one| !is_plain(one.leaf) && also_plain(one.leaf)).collect();
    for (alternative, is_repeated) in alternatives.iter_mut().zip(repeated) {
        if is_repeated {
            alternative.condition = Truth::True;
            alternative.is_conditional = false;
            alternative.conditions.clear();
        }
    }
}

impl<'t> Found<'t> {
    /// Where some criteria are recognised, those that share the name only say nothing.
    fn keep_the_recognised(&mut self) {
        if self.alternatives.iter().any(|alternative| alternative.fit.is_some()) {
            self.alternatives.retain(|alternative| alternative.fit.is_some());
        }
        let own: Vec<_> =
            self.alternatives.iter().map(|one| (&one.leaf.head.vendor, &one.leaf.head.product)).collect();
        if !own.is_empty() {
            self.cleared.retain(|(leaf, fit)| {
                fit.is_some() || own.contains(&(&leaf.head.vendor, &leaf.head.product))
            });
        }
    }

    fn without_alternatives(&self, context: &TreeContext<'_>, record: &Record<'_>) -> TreeAnswer {
        let of_other_edition = |leaf: &CpeLeaf<'_>| {
            leaf.vulnerable && context.fits.head(&leaf.head) == Fit::Not(Reason::IOtherEdition)
        };
        if self.removed.contains(&Reason::IOtherEdition)
            && let Some(leaf) = first_leaf(record, of_other_edition)
        {
            // Another edition of this very product: an answer, not a namesake.
            let mut answer = RangeAnswer::new(
                Verdict::NotAffected,
                Reason::IOtherEdition,
                model::finding::Confidence::High,
            );
            if context.version.detail == Detail::Full {
                answer
                    .evidence
                    .push(Evidence::Remark(format!("only the edition {} is named", edition_words(leaf))));
            }
            return TreeAnswer::Named {
                answer,
                recognition: Some(Recognition { rank: 4, signal: crate::matching::identity::Signal::None }),
                subject: subject_words(leaf),
                foreign_platform: None,
                states_our_platform: false,
            };
        }
        if let Some(reason) = self.removed.iter().copied().find(|reason| *reason == Reason::INoProduct) {
            return TreeAnswer::Removed(reason);
        }
        if !self.cleared.is_empty() {
            return TreeAnswer::Removed(Reason::IPlatformMention);
        }
        match self.removed.first() {
            Some(reason) => TreeAnswer::Removed(*reason),
            None => TreeAnswer::Silent,
        }
    }

    fn judge(self, context: &TreeContext<'_>, record: &Record<'_>) -> TreeAnswer {
        let Some(best) = self.alternatives.iter().min_by_key(|one| one.fit.map_or(u8::MAX, |fit| fit.rank))
        else {
            return TreeAnswer::Silent;
        };
        let is_detailed = context.version.detail == Detail::Full;
        let subject = if is_detailed { subject_words(best.leaf) } else { String::new() };
        let recognition = best.fit;
        let certain = self.group(context, record, |truth| truth == Truth::True);
        let excluded = self.group(context, record, |truth| matches!(truth, Truth::False(_)));
        let open = self.group(context, record, |truth| truth == Truth::Unknown);
        let is_foreign = certain.is_none() && open.is_none();
        let mut answers: Vec<RangeAnswer> = certain.into_iter().chain(open.map(unproven)).collect();
        let mut foreign_platform = None;
        if let (true, Some(answer)) = (is_foreign, excluded) {
            foreign_platform = self.blame();
            answers.push(platform_false(answer, foreign_platform));
        }
        let mut answer = combine_claims(&answers);
        if answer.verdict != Some(Verdict::Affected)
            && let Some(cleared) = self.cleared(context, record)
        {
            answer = cleared;
        }
        if context.version.detail == Detail::Full {
            let stated = self.alternatives.iter().flat_map(|one| one.conditions.iter().cloned());
            for evidence in stated.map(Condition::into_evidence) {
                if !answer.evidence.contains(&evidence) {
                    answer.evidence.push(evidence);
                }
            }
        }
        let states_our_platform =
            self.alternatives.iter().any(|one| one.is_conditional && one.condition == Truth::True);
        TreeAnswer::Named { answer, recognition, subject, foreign_platform, states_our_platform }
    }

    /// The version answer over all rows whose condition is wanted.
    fn group(
        &self,
        context: &TreeContext<'_>,
        record: &Record<'_>,
        is_wanted: impl Fn(Truth) -> bool,
    ) -> Option<RangeAnswer> {
        let wanted = self.alternatives.iter().filter(|one| is_wanted(one.condition));
        let rows: Vec<&[CpeRow<'_>]> = wanted.map(|one| one.leaf.rows.as_slice()).collect();
        (!rows.is_empty()).then(|| judge_rows(record, &rows, true, context.version))
    }

    /// Why the platforms of the excluded alternatives are not ours.
    fn blame(&self) -> Option<Reason> {
        let excluded = self
            .alternatives
            .iter()
            .map(|one| one.condition)
            .filter(|truth| matches!(truth, Truth::False(_)));
        match excluded.reduce(Truth::or) {
            Some(Truth::False(reason)) => Some(reason),
            _ => None,
        }
    }

    /// The version stands in a `vulnerable: false` list of the product.
    fn cleared(&self, context: &TreeContext<'_>, record: &Record<'_>) -> Option<RangeAnswer> {
        let rows: Vec<&[CpeRow<'_>]> = self.cleared.iter().map(|(leaf, _)| leaf.rows.as_slice()).collect();
        if rows.iter().all(|rows| leaf::is_unbounded(rows)) {
            return None;
        }
        let answer = judge_rows(record, &rows, false, context.version);
        (answer.verdict == Some(Verdict::NotAffected)).then_some(answer)
    }
}

/// A version that is not affected anyway keeps its reason; else the platform decides.
fn platform_false(mut answer: RangeAnswer, foreign: Option<Reason>) -> RangeAnswer {
    if let (Some(reason), true) = (foreign, answer.verdict != Some(Verdict::NotAffected)) {
        answer.verdict = Some(Verdict::NotAffected);
        answer.reason = reason;
        answer.qualifiers.clear();
        answer.fixed.clear();
        answer.confidence = model::finding::Confidence::High;
    }
    answer
}

/// A version inside, or not decidable, under a condition that cannot be decided.
fn unproven(mut answer: RangeAnswer) -> RangeAnswer {
    if answer.verdict == Some(Verdict::Affected) {
        answer.verdict = Some(Verdict::NeedsReview);
        answer.reason = Reason::PUnproven;
        answer.confidence = model::finding::Confidence::Low;
    }
    answer
}

fn first_leaf<'n>(
    record: &'n Record<'n>,
    is_wanted: impl Fn(&CpeLeaf<'_>) -> bool,
) -> Option<&'n CpeLeaf<'n>> {
    fn below<'n>(node: &'n CpeNode<'n>, is_wanted: &dyn Fn(&CpeLeaf<'_>) -> bool) -> Option<&'n CpeLeaf<'n>> {
        let here = node.leaves.iter().find(|leaf| is_wanted(leaf));
        here.or_else(|| node.children.iter().find_map(|child| below(child, is_wanted)))
    }
    record.configurations.iter().find_map(|node| below(node, &is_wanted))
}

fn subject_words(leaf: &CpeLeaf<'_>) -> String {
    format!("{}:{}:{}", leaf.head.part, leaf.head.vendor, leaf.head.product)
}

fn edition_words<'l>(leaf: &'l CpeLeaf<'_>) -> &'l str {
    let head = &leaf.head;
    let given = [&head.sw_edition, &head.edition, &head.target_sw];
    given.into_iter().find(|value| !matches!(&***value, "" | "*" | "-")).map_or("", |value| value)
}

fn own_words(leaf: &CpeLeaf<'_>) -> String {
    let head = &leaf.head;
    let mut words = subject_words(leaf);
    for (name, value) in
        [("target_sw", &head.target_sw), ("target_hw", &head.target_hw), ("edition", &head.edition)]
    {
        if !matches!(&**value, "" | "*" | "-") {
            words.push_str(&format!(" {name} = {value}"));
        }
    }
    words
}

/// The rows of a platform criterion in short.
fn rows_words(rows: &[CpeRow<'_>]) -> String {
    let [row] = rows else {
        return if rows.is_empty() { String::new() } else { format!(" ({} versions)", rows.len()) };
    };
    let mut words = String::new();
    if !matches!(&*row.version, "" | "*") {
        words.push_str(&format!(" {}", row.version));
    }
    if let Some(bounds) = &row.bounds {
        let ends = [
            (">=", &bounds.start_including),
            (">", &bounds.start_excluding),
            ("<=", &bounds.end_including),
            ("<", &bounds.end_excluding),
        ];
        for (sign, value) in ends.into_iter().filter(|(_, value)| !value.is_empty()) {
            words.push_str(&format!(" {sign} {value}"));
        }
    }
    words
}
