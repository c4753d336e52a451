//! Conditions over options, interned: equal conditions have equal numbers, and the common simplifications are
//! made on the way in. The text form is the grammar of `model::build::KbuildMap::files`.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

/// A condition; its number in [`Conditions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition(u32);

impl Condition {
    /// Never.
    pub const NO: Condition = Condition(0);
    /// Always, built in.
    pub const YES: Condition = Condition(1);
    /// Always, as a module.
    pub const MODULE: Condition = Condition(2);
    /// Cannot be told; neither can its opposite.
    pub const UNKNOWN: Condition = Condition(3);
}

/// What a number stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    No,
    Yes,
    Module,
    Unknown,
    /// The value of an option: `n`, `m` or `y`.
    Value(u32),
    /// An option has this value: `y` or `n`.
    Is(u32, u32),
    /// An option has not this value: `y` or `n`.
    IsNot(u32, u32),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// More options than this in one condition, written out, and it is given up as [`Condition::UNKNOWN`]. The
/// longest of a kernel has about 60.
const SIZE: u32 = 512;

/// More levels of `&&` and `||` than this likewise.
const DEPTH: u32 = 32;

/// All conditions of one tree.
pub struct Conditions {
    nodes: Vec<Node>,
    /// Options and levels of each node, written out.
    sizes: Vec<(u32, u32)>,
    /// The opposite of each node that was asked for.
    opposites: FxHashMap<Condition, Condition>,
    numbers: FxHashMap<Node, Condition>,
    words: Vec<String>,
    word_numbers: FxHashMap<String, u32>,
    /// The words `n`, `m`, `y`.
    plain: [u32; 3],
}

impl Default for Conditions {
    fn default() -> Conditions {
        let mut all = Conditions {
            nodes: Vec::new(),
            sizes: Vec::new(),
            opposites: FxHashMap::default(),
            numbers: FxHashMap::default(),
            words: Vec::new(),
            word_numbers: FxHashMap::default(),
            plain: [0, 1, 2],
        };
        for node in [Node::No, Node::Yes, Node::Module, Node::Unknown] {
            all.intern(node);
        }
        all.plain = ["n", "m", "y"].map(|word| all.word(word));
        all
    }
}

impl Conditions {
    /// The value of an option.
    pub fn value(&mut self, option: &str) -> Condition {
        let option = self.word(option);
        self.intern(Node::Value(option))
    }

    /// An option has a value (`y`, `m`, `n`, or a text without quotes).
    pub fn is(&mut self, option: &str, value: &str) -> Condition {
        let (option, value) = (self.word(option), self.word(if value.is_empty() { "n" } else { value }));
        self.intern(Node::Is(option, value))
    }

    /// An option is on, built in or as a module: `y` in both cases.
    pub fn is_on(&mut self, option: &str) -> Condition {
        let option = self.word(option);
        let [no, ..] = self.plain;
        self.intern(Node::IsNot(option, no))
    }

    /// One list under `yes` (`foo-y`) and the same under `module` (`foo-m`) as one condition worth `y` or `m`:
    /// where both say the same of their options, it is said once (`A=y`, `A=m`: A).
    pub fn list_of(&mut self, yes: Condition, module: Condition) -> Condition {
        let [_, m, y] = self.plain;
        let (as_yes, as_module) = (self.as_values(yes, y), self.as_values(module, m));
        if as_yes == as_module {
            return as_yes;
        }
        let module = self.and(Condition::MODULE, module);
        self.or(yes, module)
    }

    /// Each `X=value` as the value of X.
    fn as_values(&mut self, condition: Condition, value: u32) -> Condition {
        match self.node(condition).clone() {
            Node::Is(option, known) if known == value => self.intern(Node::Value(option)),
            Node::All(terms) => {
                let terms: Vec<Condition> =
                    terms.into_iter().map(|term| self.as_values(term, value)).collect();
                self.all(&terms)
            }
            Node::Any(terms) => {
                let terms: Vec<Condition> =
                    terms.into_iter().map(|term| self.as_values(term, value)).collect();
                self.any(&terms)
            }
            _ => condition,
        }
    }

    /// Not: `y` for `n`, else `n`.
    pub fn not(&mut self, condition: Condition) -> Condition {
        if let Some(known) = self.opposites.get(&condition) {
            return *known;
        }
        let opposite = self.opposite(condition);
        self.opposites.insert(condition, opposite);
        opposite
    }

    fn opposite(&mut self, condition: Condition) -> Condition {
        let [no, ..] = self.plain;
        match self.node(condition).clone() {
            Node::No => Condition::YES,
            Node::Yes | Node::Module => Condition::NO,
            Node::Unknown => Condition::UNKNOWN,
            Node::Value(option) => self.intern(Node::Is(option, no)),
            Node::Is(option, value) => self.intern(Node::IsNot(option, value)),
            Node::IsNot(option, value) => self.intern(Node::Is(option, value)),
            Node::All(terms) => {
                let terms: Vec<Condition> = terms.into_iter().map(|term| self.not(term)).collect();
                self.any(&terms)
            }
            Node::Any(terms) => {
                let terms: Vec<Condition> = terms.into_iter().map(|term| self.not(term)).collect();
                self.all(&terms)
            }
        }
    }

    /// Both.
    pub fn and(&mut self, a: Condition, b: Condition) -> Condition {
        match (a, b) {
            (Condition::YES, other) | (other, Condition::YES) => other,
            (Condition::NO, _) | (_, Condition::NO) => Condition::NO,
            (a, b) if a == b => a,
            (a, b) => self.all(&[a, b]),
        }
    }

    /// Either.
    pub fn or(&mut self, a: Condition, b: Condition) -> Condition {
        match (a, b) {
            (Condition::NO, other) | (other, Condition::NO) => other,
            (Condition::YES, _) | (_, Condition::YES) => Condition::YES,
            (a, b) if a == b => a,
            (a, b) => self.any(&[a, b]),
        }
    }

    fn all(&mut self, terms: &[Condition]) -> Condition {
        let mut flat: BTreeSet<Condition> = BTreeSet::new();
        for term in terms {
            match self.node(*term) {
                Node::All(inner) => flat.extend(inner),
                _ => flat.extend([*term]),
            }
        }
        flat.remove(&Condition::YES);
        if flat.contains(&Condition::NO) || self.contradicts(&flat) {
            return Condition::NO;
        }
        self.drop_implied(&mut flat);
        // A && (A || B) is A.
        let kept = flat.iter().filter(|term| !matches!(self.node(**term), Node::Any(inner) if inner.iter().any(|one| flat.contains(one))));
        self.joined(kept.copied().collect(), Node::All, Condition::YES)
    }

    fn any(&mut self, terms: &[Condition]) -> Condition {
        let mut flat: BTreeSet<Condition> = BTreeSet::new();
        for term in terms {
            match self.node(*term) {
                Node::Any(inner) => flat.extend(inner),
                _ => flat.extend([*term]),
            }
        }
        flat.remove(&Condition::NO);
        if flat.contains(&Condition::YES) || self.covers(&flat) {
            return Condition::YES;
        }
        self.join_values(&mut flat);
        if let Some(factored) = self.factored(&flat) {
            return factored;
        }
        // A || (A && B) is A.
        let kept = flat.iter().filter(|term| !matches!(self.node(**term), Node::All(inner) if inner.iter().any(|one| flat.contains(one))));
        self.joined(kept.copied().collect(), Node::Any, Condition::NO)
    }

    /// `A && X || A && Y` is `A && (X || Y)`: folders with many conditions would grow without end otherwise.
    fn factored(&mut self, terms: &BTreeSet<Condition>) -> Option<Condition> {
        if terms.len() < 2 {
            return None;
        }
        let mut parts: Vec<BTreeSet<Condition>> = Vec::with_capacity(terms.len());
        for term in terms {
            parts.push(match self.node(*term) {
                Node::All(inner) => inner.iter().copied().collect(),
                _ => BTreeSet::from([*term]),
            });
        }
        let mut common = parts.first()?.clone();
        for part in &parts {
            common = common.intersection(part).copied().collect();
        }
        if common.is_empty() {
            return None;
        }
        let mut rests: Vec<Condition> = Vec::with_capacity(parts.len());
        for part in &parts {
            let rest: Vec<Condition> = part.difference(&common).copied().collect();
            rests.push(self.all(&rest));
        }
        let rest = self.any(&rests);
        let mut all: Vec<Condition> = common.into_iter().collect();
        all.push(rest);
        Some(self.all(&all))
    }

    fn joined(
        &mut self,
        terms: Vec<Condition>,
        node: fn(Vec<Condition>) -> Node,
        empty: Condition,
    ) -> Condition {
        match terms.as_slice() {
            [] => empty,
            [one] => *one,
            many if self.is_too_big(many) => Condition::UNKNOWN,
            _ => self.intern(node(terms)),
        }
    }

    fn is_too_big(&self, terms: &[Condition]) -> bool {
        let size: u32 = terms.iter().fold(0, |sum, term| sum.saturating_add(self.size(*term).0));
        let depth = terms.iter().map(|term| self.size(*term).1).max().unwrap_or(0);
        size > SIZE || depth >= DEPTH
    }

    fn size(&self, condition: Condition) -> (u32, u32) {
        self.sizes.get(condition.0 as usize).copied().unwrap_or((1, 0))
    }

    /// An option is both on and off, or has two values.
    fn contradicts(&self, terms: &BTreeSet<Condition>) -> bool {
        let [no, ..] = self.plain;
        let mut is: FxHashMap<u32, u32> = FxHashMap::default();
        for term in terms {
            if let Node::Is(option, value) = *self.node(*term)
                && is.insert(option, value).is_some_and(|known| known != value)
            {
                return true;
            }
        }
        terms.iter().any(|term| match *self.node(*term) {
            Node::Value(option) => is.get(&option) == Some(&no),
            Node::IsNot(option, value) => is.get(&option) == Some(&value),
            _ => false,
        })
    }

    /// `X && X!=n` is X; `X=y && X` is `X=y`; `X=y && X!=n` is `X=y`.
    fn drop_implied(&self, terms: &mut BTreeSet<Condition>) {
        let [no, _, yes] = self.plain;
        let has = |wanted: &Node| self.numbers.get(wanted).is_some_and(|number| terms.contains(number));
        let implied = |term: &Condition| match *self.node(*term) {
            Node::IsNot(option, value) if value == no => {
                has(&Node::Value(option)) || has(&Node::Is(option, yes))
            }
            Node::Value(option) => has(&Node::Is(option, yes)),
            _ => false,
        };
        let gone: Vec<Condition> = terms.iter().copied().filter(implied).collect();
        terms.retain(|term| !gone.contains(term));
    }

    /// `X || !X`, where the off case is whole.
    fn covers(&self, terms: &BTreeSet<Condition>) -> bool {
        terms.iter().any(|term| match *self.node(*term) {
            Node::Is(option, value) => {
                self.numbers.get(&Node::IsNot(option, value)).is_some_and(|number| terms.contains(number))
            }
            _ => false,
        })
    }

    /// `X=y || X=m` is `X!=n`; `X=y || m && X=m` is X.
    fn join_values(&mut self, terms: &mut BTreeSet<Condition>) {
        let [no, module, yes] = self.plain;
        let equal: Vec<u32> = terms
            .iter()
            .filter_map(|term| {
                if let Node::Is(option, value) = *self.node(*term) {
                    (value == yes).then_some(option)
                } else {
                    None
                }
            })
            .collect();
        for option in equal {
            let is_yes = self.intern(Node::Is(option, yes));
            let is_module = self.intern(Node::Is(option, module));
            let as_module = self.intern(Node::All(vec![Condition::MODULE, is_module]));
            if terms.contains(&is_module) {
                terms.remove(&is_yes);
                terms.remove(&is_module);
                terms.insert(self.intern(Node::IsNot(option, no)));
            } else if terms.contains(&as_module) {
                terms.remove(&is_yes);
                terms.remove(&as_module);
                terms.insert(self.intern(Node::Value(option)));
            }
        }
    }

    fn node(&self, condition: Condition) -> &Node {
        self.nodes.get(condition.0 as usize).unwrap_or(&Node::Yes)
    }

    fn intern(&mut self, node: Node) -> Condition {
        if let Some(known) = self.numbers.get(&node) {
            return *known;
        }
        let number = Condition(u32::try_from(self.nodes.len()).unwrap_or(3));
        let size = match &node {
            Node::All(terms) | Node::Any(terms) => {
                let size = terms.iter().fold(0, |sum: u32, term| sum.saturating_add(self.size(*term).0));
                (size, 1 + terms.iter().map(|term| self.size(*term).1).max().unwrap_or(0))
            }
            _ => (1, 0),
        };
        self.sizes.push(size);
        self.nodes.push(node.clone());
        self.numbers.insert(node, number);
        number
    }

    fn word(&mut self, word: &str) -> u32 {
        if let Some(known) = self.word_numbers.get(word) {
            return *known;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(0);
        self.words.push(word.to_owned());
        self.word_numbers.insert(word.to_owned(), number);
        number
    }

    /// The text of a condition.
    pub fn text(&self, condition: Condition) -> String {
        let mut out = String::new();
        self.print(condition, false, &mut out);
        out
    }

    fn print(&self, condition: Condition, is_inner: bool, out: &mut String) {
        let [no, ..] = self.plain;
        match self.node(condition) {
            Node::No => out.push('n'),
            Node::Yes => out.push('y'),
            Node::Module => out.push('m'),
            Node::Unknown => out.push('?'),
            Node::Value(option) => out.push_str(self.spelled(*option)),
            Node::Is(option, value) if *value == no => out.extend(["!", self.spelled(*option)]),
            Node::Is(option, value) => self.comparison(*option, "=", *value, out),
            Node::IsNot(option, value) => self.comparison(*option, "!=", *value, out),
            Node::All(terms) => self.terms(terms, " && ", false, out),
            Node::Any(terms) => self.terms(terms, " || ", is_inner, out),
        }
    }

    /// Options in the order of their names: the text must not depend on the order of files.
    fn terms(&self, terms: &[Condition], between: &str, in_parentheses: bool, out: &mut String) {
        let mut texts: Vec<String> = terms
            .iter()
            .map(|term| {
                let mut text = String::new();
                self.print(*term, true, &mut text);
                text
            })
            .collect();
        texts.sort_by(|a, b| {
            a.trim_start_matches(['(', '!']).cmp(b.trim_start_matches(['(', '!'])).then(a.cmp(b))
        });
        let text = texts.join(between);
        if in_parentheses {
            out.extend(["(", &text, ")"]);
        } else {
            out.push_str(&text);
        }
    }

    fn comparison(&self, option: u32, sign: &str, value: u32, out: &mut String) {
        let value = self.spelled(value);
        let is_plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        out.extend([self.spelled(option), sign]);
        if is_plain {
            out.push_str(value);
        } else {
            out.extend(["\"", value, "\""]);
        }
    }

    fn spelled(&self, word: u32) -> &str {
        self.words.get(word as usize).map_or("", String::as_str)
    }
}
