//! One make file evaluated: which objects and folders it adds, under which conditions.

use rustc_hash::{FxHashMap, FxHashSet};

use super::condition::{Condition, Conditions};
use super::expand::{For, Scope};
use super::makefile::{Operator, Statement, joined, statements};
use super::tree::{Tree, placed};
use super::words::{WILD, Word, Words};

/// Make files within make files.
const INCLUDES: usize = 8;

/// What a make file says.
#[derive(Debug, Default)]
pub struct Folder {
    /// Objects, as paths from the root without `.o`.
    pub objects: Vec<Object>,
    /// Folders to go into, as paths from the root without closing `/`.
    pub folders: Vec<Word>,
    /// What objects are made of where it is not a file of the same name: target and prerequisite patterns.
    pub rules: Vec<(String, String)>,
}

/// An object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Path from the root without `.o`; may hold [`WILD`].
    pub path: String,
    /// When it is built.
    pub when: Condition,
    /// The module it becomes part of when its condition is `m`.
    pub module: String,
}

/// How to read one make file.
pub struct Reading<'t> {
    /// The tree.
    pub tree: &'t Tree,
    /// The folder whose make file it is.
    pub folder: String,
    /// The architecture folder, or empty.
    pub arch: String,
    /// Options whose value is settled.
    pub settled: FxHashMap<String, String>,
    /// Other variables that are settled (`SPL_`).
    pub variables: Vec<(String, String)>,
}

impl Reading<'_> {
    /// Evaluates a make file's text.
    pub fn read(self, text: &str, conditions: &mut Conditions) -> Folder {
        let scope = Scope {
            tree: self.tree,
            folder: self.folder,
            arch: self.arch,
            settled: self.settled,
            variables: FxHashMap::default(),
        };
        let mut maker = Maker {
            scope,
            conditions,
            branches: Vec::new(),
            folder: Folder::default(),
            rules: Vec::new(),
            used: FxHashSet::default(),
        };
        for (name, value) in &self.variables {
            maker.scope.assign(name, Operator::Now, value, Condition::YES, false, maker.conditions);
        }
        maker.run(text, 0);
        maker.finish()
    }
}

/// One `if` that is open.
struct Branch {
    /// When the current part is read, all outer ifs included.
    when: Condition,
    /// When none of its parts so far was read.
    remaining: Condition,
    /// The outer condition.
    outer: Condition,
    /// The condition could not be decided.
    is_guess: bool,
    /// An outer one could not be decided.
    outer_guess: bool,
}

struct Maker<'c, 't> {
    scope: Scope<'t>,
    conditions: &'c mut Conditions,
    branches: Vec<Branch>,
    folder: Folder,
    rules: Vec<(Word, String)>,
    used: FxHashSet<String>,
}

/// The answer of a test: when it holds, when it does not, and whether that could not be decided.
struct Answer {
    then: Condition,
    otherwise: Condition,
    is_guess: bool,
}

impl Answer {
    const GUESS: Answer = Answer { then: Condition::YES, otherwise: Condition::YES, is_guess: true };

    fn swapped(self, swap: bool) -> Answer {
        if swap { Answer { then: self.otherwise, otherwise: self.then, ..self } } else { self }
    }
}

impl Maker<'_, '_> {
    fn when(&self) -> Condition {
        self.branches.last().map_or(Condition::YES, |branch| branch.when)
    }

    fn is_guess(&self) -> bool {
        self.branches.last().is_some_and(|branch| branch.is_guess || branch.outer_guess)
    }

    fn run(&mut self, text: &str, depth: usize) {
        let lines = joined(text);
        let open = self.branches.len();
        for statement in statements(&lines) {
            self.take(&statement, depth);
        }
        self.branches.truncate(open);
    }

    fn take(&mut self, statement: &Statement<'_>, depth: usize) {
        match statement {
            Statement::IfEqual(..) | Statement::IfDefined(..) => {
                let answer = self.ask(statement);
                self.open(answer);
            }
            Statement::ElseIf(inner) => {
                let answer = self.ask(inner);
                self.turn(answer);
            }
            Statement::Else => {
                self.turn(Answer { then: Condition::YES, otherwise: Condition::NO, is_guess: false });
            }
            Statement::End => drop(self.branches.pop()),
            _ if self.when() == Condition::NO => {}
            Statement::Assign(name, operator, value) => self.assign(name, *operator, value),
            Statement::Include(files) => self.include(files, depth),
            Statement::Rule(targets, sources) => self.rule(targets, sources),
        }
    }

    fn open(&mut self, answer: Answer) {
        let (outer, outer_guess) = (self.when(), self.is_guess());
        let when = self.conditions.and(outer, answer.then);
        self.branches.push(Branch {
            when,
            remaining: answer.otherwise,
            outer,
            is_guess: answer.is_guess,
            outer_guess,
        });
    }

    /// `else` and `else if`: what is left when no part so far held.
    fn turn(&mut self, answer: Answer) {
        let Some(branch) = self.branches.last_mut() else { return };
        let part = self.conditions.and(branch.remaining, answer.then);
        branch.when = self.conditions.and(branch.outer, part);
        branch.remaining = self.conditions.and(branch.remaining, answer.otherwise);
        branch.is_guess |= answer.is_guess;
    }

    fn ask(&mut self, statement: &Statement<'_>) -> Answer {
        match statement {
            Statement::IfEqual(wants_equal, left, right) => self.equal(left, right).swapped(!wants_equal),
            Statement::IfDefined(wants_defined, name) => self.defined(name).swapped(!wants_defined),
            _ => Answer::GUESS,
        }
    }

    fn exact(&mut self, then: Condition) -> Answer {
        let otherwise = self.conditions.not(then);
        Answer { then, otherwise, is_guess: false }
    }

    fn defined(&mut self, name: &str) -> Answer {
        let name = match name.contains('$') {
            true => self.scope.expand(name, For::Test, self.conditions).constant(),
            false => Some(name.to_owned()),
        };
        let Some(name) = name else { return Answer::GUESS };
        if let Some(option) = name.strip_prefix("CONFIG_") {
            let then = match self.scope.settled.get(option).map(String::as_str) {
                Some("n") => Condition::NO,
                Some(_) => Condition::YES,
                None => self.conditions.is_on(option),
            };
            return self.exact(then);
        }
        if !self.scope.variables.contains_key(&name) {
            return Answer::GUESS;
        }
        let words = self.scope.words(&name, self.conditions);
        self.there(&words)
    }

    fn there(&mut self, words: &Words) -> Answer {
        if words.is_guess {
            return Answer::GUESS;
        }
        let then = words.is_there(self.conditions);
        self.exact(then)
    }

    fn equal(&mut self, left: &str, right: &str) -> Answer {
        if let (Some(option), false) = (lone_option(left), right.contains('$')) {
            let right = right.trim().trim_matches('"');
            let then = match self.scope.settled.get(option) {
                Some(value) if value == right || (value == "n" && right.is_empty()) => Condition::YES,
                Some(_) => Condition::NO,
                None => self.conditions.is(option, right),
            };
            return self.exact(then);
        }
        let left = self.scope.expand(left, For::Test, self.conditions);
        let right = self.scope.expand(right, For::Test, self.conditions);
        if right.list.is_empty() && !right.is_guess {
            return self.there(&left).swapped(true);
        }
        if left.list.is_empty() && !left.is_guess {
            return self.there(&right).swapped(true);
        }
        if left.is_guess || right.is_guess {
            return Answer::GUESS;
        }
        let (Some(lefts), Some(rights)) = (texts(&left, self.conditions), texts(&right, self.conditions))
        else {
            return Answer::GUESS;
        };
        let mut then = Condition::NO;
        for (a, left) in &lefts {
            for (b, right) in rights.iter().filter(|(_, right)| right == left) {
                let _ = (left, right);
                let both = self.conditions.and(*a, *b);
                then = self.conditions.or(then, both);
            }
        }
        self.exact(then)
    }

    fn assign(&mut self, name: &str, operator: Operator, value: &str) {
        let (when, is_guess) = (self.when(), self.is_guess());
        for name in self.names(name) {
            let when = self.conditions.and(when, name.when);
            if when != Condition::NO && !name.text.contains(WILD) {
                self.scope.assign(&name.text, operator, value, when, is_guess, self.conditions);
            }
        }
    }

    /// `obj-$(CONFIG_X)` is `obj-y` with the value of X: a module's list is the same list.
    fn names(&mut self, name: &str) -> Vec<Word> {
        if !name.contains('$') {
            return vec![Word::new(Condition::YES, name)];
        }
        if let Some((start, option)) = name.split_once("$(CONFIG_")
            && let Some(option) = option.strip_suffix(')')
            && !start.contains('$')
            && !option.contains(['$', ')', ':'])
            && !self.scope.settled.contains_key(option)
        {
            return vec![Word::new(self.conditions.value(option), format!("{start}y"))];
        }
        let mut names = self.scope.expand(name, For::Test, self.conditions).list;
        if let Some(plain) = self.joined_values(&names) {
            names = plain;
        }
        // `obj-`, where nothing followed, is read by nobody.
        names.retain(|name| !name.text.ends_with('-'));
        names
    }

    /// `foo-y` under `X=y` and `foo-m` under `X=m` (`foo-$(CONFIG_$(SPL_)X)`) is `foo-y` with the value of X.
    fn joined_values(&mut self, names: &[Word]) -> Option<Vec<Word>> {
        let yes = names.iter().find(|name| name.text.ends_with("-y"))?;
        let stem = yes.text.strip_suffix('y')?;
        let module = names.iter().find(|name| name.text.strip_suffix('m') == Some(stem))?;
        let when = self.conditions.list_of(yes.when, module.when);
        let others = names.iter().filter(|name| name.text != yes.text && name.text != module.text);
        Some(others.cloned().chain([Word::new(when, yes.text.clone())]).collect())
    }

    fn include(&mut self, files: &str, depth: usize) {
        if depth >= INCLUDES {
            return;
        }
        for word in self.scope.expand(files, For::List, self.conditions).list {
            let path = placed(&word.text, "");
            let outer_folder = placed(&word.text, &self.scope.folder);
            let path = [path, outer_folder].into_iter().find(|path| self.scope.tree.makefile(path).is_some());
            let Some(path) =
                path.filter(|path| !path.starts_with("scripts/") || path.ends_with("Makefile.spl"))
            else {
                continue;
            };
            // An architecture's make file is read by itself, with its own name.
            if path.starts_with("arch/")
                && path.split('/').count() == 3
                && self.scope.folder.is_empty()
                && self.scope.arch.is_empty()
            {
                continue;
            }
            let text = self.scope.tree.makefile(&path).unwrap_or_default().to_owned();
            self.open(Answer { then: word.when, otherwise: Condition::NO, is_guess: false });
            self.run(&text, depth + 1);
            self.branches.pop();
        }
    }

    /// `$(obj)/%.S: $(src)/%.pl`: remembered for objects that no file of the same name makes.
    fn rule(&mut self, targets: &str, sources: &str) {
        // A static pattern rule: `$(objs): $(obj)/%.o: $(src)/%.c`.
        let (targets, sources) =
            sources.split_once(':').map_or((targets, sources), |(pattern, rest)| (pattern, rest));
        if !(targets.contains('.') || targets.contains('$')) || sources.is_empty() {
            return;
        }
        let targets = self.scope.expand(targets, For::List, self.conditions);
        if !targets
            .list
            .iter()
            .any(|target| [".o", ".c", ".S", ".h"].iter().any(|end| target.text.ends_with(end)))
        {
            return;
        }
        let sources = self.scope.expand(sources, For::List, self.conditions);
        let made_of = |text: &str| {
            [".c", ".S", ".rs", ".pl", ".y", ".l", ".uc", ".o", ".asn1", ".awk", ".c_shipped"]
                .iter()
                .any(|end| text.ends_with(end))
        };
        for source in sources.list.into_iter().filter(|source| made_of(&source.text)).take(16) {
            for target in targets.list.iter().take(16) {
                self.rules.push((target.clone(), source.text.clone()));
            }
        }
    }

    fn finish(mut self) -> Folder {
        for name in [
            "obj", "lib", "core", "libs", "drivers", "net", "virt", "init", "head", "extra", "subdir",
            "always",
        ] {
            for (end, kind) in [("y", Condition::YES), ("m", Condition::MODULE)] {
                self.list(&format!("{name}-{end}"), name, kind);
            }
        }
        let folder = self.scope.folder.clone();
        let rules = std::mem::take(&mut self.rules);
        self.folder.rules = rules
            .into_iter()
            .map(|(target, source)| (placed(&target.text, &folder), placed(&source, &folder)))
            .collect();
        self.loose_lists();
        self.folder
    }

    fn list(&mut self, variable: &str, list: &str, kind: Condition) {
        self.used.insert(variable.to_owned());
        let words = self.scope.words(variable, self.conditions);
        for word in words.list {
            let when = self.conditions.and(word.when, kind);
            self.member(&word.text, when, list);
        }
    }

    fn member(&mut self, text: &str, when: Condition, list: &str) {
        let text = ["built-in.a", "built-in.o", "lib.a"]
            .iter()
            .find_map(|end| text.strip_suffix(end))
            .unwrap_or(text);
        let folder = self.scope.folder.clone();
        if text.ends_with('/') || list == "subdir" {
            // `subdir-y` names are folders with or without the slash.
            let path = placed(&format!("{}/", text.trim_end_matches('/')), &folder);
            let found = if path.contains(WILD) { self.scope.tree.matching(&path, "") } else { vec![path] };
            self.folder
                .folders
                .extend(found.into_iter().map(|path| Word::new(when, path.trim_end_matches('/'))));
        } else if let Some(stem) = text.strip_suffix(".o") {
            let module = stem.rsplit('/').next().unwrap_or(stem).to_owned();
            self.object(stem, when, &module, 0);
        }
    }

    /// An object, or the members of a composite one.
    fn object(&mut self, stem: &str, when: Condition, module: &str, depth: usize) {
        let lists = ["-y", "-objs", "-m"].map(|end| format!("{stem}{end}"));
        let is_composite = depth < 3 && lists.iter().any(|list| self.scope.variables.contains_key(list));
        if !is_composite {
            let path = placed(stem, &self.scope.folder);
            self.folder.objects.push(Object { path, when, module: module.to_owned() });
            return;
        }
        for list in &lists {
            self.used.insert(list.clone());
            let words = self.scope.words(list, self.conditions);
            for word in words.list {
                let Some(member) = word.text.strip_suffix(".o") else { continue };
                let when = self.conditions.and(when, word.when);
                let is_itself = member == stem;
                self.object(member, when, module, if is_itself { 3 } else { depth + 1 });
            }
        }
    }

    /// Lists that kbuild does not know by name (`hyp-obj-y`, `vobjs-y`, `setup-y`, `OBJS`): boot code, vDSOs and
    /// the like, linked by rules of their own. Objects that no known list has are built when the folder is.
    fn loose_lists(&mut self) {
        let known: FxHashSet<String> = self.folder.objects.iter().map(|object| object.path.clone()).collect();
        let mut names: Vec<String> =
            self.scope.variables.keys().filter(|name| !self.used.contains(*name)).cloned().collect();
        names.retain(|name| !name.starts_with("CFLAGS") && name != "targets" && !name.ends_with('-'));
        names.sort_unstable();
        for name in names {
            let words = self.scope.words(&name, self.conditions);
            for word in words.list {
                let Some(stem) = word.text.strip_suffix(".o") else { continue };
                let path = placed(stem, &self.scope.folder);
                if !stem.is_empty() && !stem.ends_with('/') && !stem.contains('%') && !known.contains(&path) {
                    self.folder.objects.push(Object { path, when: word.when, module: String::new() });
                }
            }
        }
    }
}

/// `$(CONFIG_X)` and nothing else.
fn lone_option(text: &str) -> Option<&str> {
    let inner = text.trim().trim_matches('"').strip_prefix("$(CONFIG_")?.strip_suffix(')')?;
    inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some(inner)
}

/// All texts a list of words may be, with their conditions; `None` when there are too many.
fn texts(words: &Words, conditions: &mut Conditions) -> Option<Vec<(Condition, String)>> {
    if words.is_choice {
        let there = words.is_there(conditions);
        let absent = (conditions.not(there), String::new());
        let each = words.list.iter().map(|word| (word.when, word.text.clone()));
        return Some(each.chain([absent]).filter(|(when, _)| *when != Condition::NO).collect());
    }
    let mut texts = vec![(Condition::YES, String::new())];
    for word in &words.list {
        let absent = conditions.not(word.when);
        let mut grown = Vec::new();
        for (when, text) in texts {
            let with = conditions.and(when, word.when);
            if with != Condition::NO {
                let space = if text.is_empty() { "" } else { " " };
                grown.push((with, format!("{text}{space}{}", word.text)));
            }
            let without = conditions.and(when, absent);
            if without != Condition::NO {
                grown.push((without, text));
            }
        }
        texts = grown;
        if texts.len() > 256 {
            return None;
        }
    }
    Some(texts)
}
