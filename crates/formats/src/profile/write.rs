//! The profile as TOML and as canonical JSON. Optional keys that say nothing are left out; the order is that of
//! assessment.md 1.1.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::profile::{
    Direction, Filter, Hardening, Impact, Interface, Misuse, Peer, Port, Profile, ProfilePlatform, Service,
    Update,
};

use super::SCHEMA;

/// Lists longer than this are written over several lines.
const LONG: usize = 100;

/// A value to be written.
#[derive(Clone, Debug)]
pub(super) enum Out {
    Text(String),
    /// A text that TOML writes bare.
    Date(String),
    Whole(i64),
    Truth(bool),
    List(Vec<Out>),
    Table(Members),
}

/// Keys in the order they are written.
pub(super) type Members = Vec<(String, Out)>;

/// Collects the members of a table.
#[derive(Default)]
struct Keys(Members);

impl Keys {
    fn put(mut self, key: &str, value: Out) -> Keys {
        self.0.push((key.to_owned(), value));
        self
    }

    fn text(self, key: &str, text: &str) -> Keys {
        self.put(key, Out::Text(text.to_owned()))
    }

    /// Left out where it is empty.
    fn some_text(self, key: &str, text: &str) -> Keys {
        if text.is_empty() { self } else { self.text(key, text) }
    }

    /// Left out where there is none.
    fn some_word(self, key: &str, word: Option<&str>) -> Keys {
        self.some_text(key, word.unwrap_or_default())
    }

    fn truth(self, key: &str, truth: bool) -> Keys {
        self.put(key, Out::Truth(truth))
    }

    /// Left out where it is false.
    fn some_truth(self, key: &str, truth: bool) -> Keys {
        if truth { self.truth(key, true) } else { self }
    }

    fn texts(self, key: &str, texts: &[String]) -> Keys {
        self.put(key, Out::List(texts.iter().map(|text| Out::Text(text.clone())).collect()))
    }

    /// Left out where it is empty.
    fn some_texts(self, key: &str, texts: &[String]) -> Keys {
        if texts.is_empty() { self } else { self.texts(key, texts) }
    }

    fn tables<T>(self, key: &str, rows: &[T], row: fn(&T) -> Keys) -> Keys {
        self.put(key, Out::List(rows.iter().map(|value| row(value).table()).collect()))
    }

    /// Left out where there are none.
    fn some_tables<T>(self, key: &str, rows: &[T], row: fn(&T) -> Keys) -> Keys {
        if rows.is_empty() { self } else { self.tables(key, rows, row) }
    }

    fn table(self) -> Out {
        Out::Table(self.0)
    }
}

/// The profile as a tree.
pub(super) fn document(profile: &Profile) -> Members {
    let applies_to = Keys::default().text("releases", &profile.releases);
    let keys = Keys::default()
        .text("schema", SCHEMA)
        .text("id", &profile.id)
        .text("product", &profile.product)
        .put("version", Out::Whole(profile.version.into()))
        .text("status", profile.status.word())
        .put("valid_from", Out::Date(profile.valid_from.clone()))
        .put("applies_to", applies_to.some_texts("hardware", &profile.hardware).table());
    let keys = match profile.is_default {
        Some(is_default) => keys.truth("default", is_default),
        None => keys,
    };
    let keys = keys
        .text("title", &profile.title)
        .put("provenance", provenance(profile).table())
        .put("platform", platform(&profile.platform).table())
        .tables("interface", &profile.interfaces, interface)
        .tables("service", &profile.services, service)
        .some_tables("component_role", &profile.component_roles, |row| {
            Keys::default()
                .text("component", &row.component)
                .text("role", row.role.word())
                .some_word("input_from", row.input_from.map(|from| from.word()))
        });
    let keys = if profile.conditions.is_empty() { keys } else { keys.put("condition", conditions(profile)) };
    people(keys, profile)
        .put("impact", impact(&profile.impact).table())
        .put("hardening", hardening(&profile.hardening).table())
        .put("update", update(&profile.update).table())
        .put("physical", physical(profile).table())
        .some_tables("foreseeable_misuse", &profile.misuses, misuse)
        .some_tables("assumption", &profile.assumptions, |row| {
            Keys::default().text("id", &row.id).text("text", &row.text).some_texts("breaks", &row.breaks)
        })
        .0
}

fn provenance(profile: &Profile) -> Keys {
    let provenance = &profile.provenance;
    Keys::default()
        .text("author", &provenance.author)
        .some_text("approved_by", &provenance.approved_by)
        .some_text("basis", &provenance.basis)
        .text("default_confidence", provenance.default_confidence.word())
}

fn platform(platform: &ProfilePlatform) -> Keys {
    Keys::default()
        .text("arch", &platform.arch)
        .put("bits", Out::Whole(platform.bits.into()))
        .text("libc", &platform.libc)
        .text("init", &platform.init)
        .text("os", &platform.os)
        .text("kernel", &platform.kernel)
        .some_text("soc", &platform.soc)
        .some_texts("hardware_cpes", &platform.hardware_cpes)
}

fn interface(row: &Interface) -> Keys {
    Keys::default()
        .text("id", &row.id)
        .text("kind", &row.kind)
        .text("zone", row.zone.word())
        .some_word("radio_reach", row.radio_reach.map(|reach| reach.word()))
        .text("enabled", row.enabled.word())
        .some_word("inbound", row.inbound.map(Filter::word))
        .some_word("outbound", row.outbound.map(Filter::word))
        .some_truth("shared_bus", row.shared_bus)
}

fn service(row: &Service) -> Keys {
    let ports = match row.direction {
        Direction::Listen => "listen",
        Direction::Connect => "connect",
    };
    Keys::default()
        .text("id", &row.id)
        .text("component", &row.component)
        .some_texts("executables", &row.executables)
        .text("direction", row.direction.word())
        .some_word("zone", row.zone.map(|zone| zone.word()))
        .some_tables(ports, &row.ports, port)
        .some_word("tls", row.tls.map(|tls| tls.word()))
        .text("peer_auth", row.peer_auth.word())
        .truth("pre_auth_surface", row.pre_auth_surface)
        .text("runs_as", row.runs_as.word())
        .text("start", row.start.word())
        .text("function", &row.function)
        .some_texts("modules_disabled", &row.modules_disabled)
        .some_texts("modules_enabled", &row.modules_enabled)
        .some_texts("reaches", &row.reaches)
}

fn port(row: &Port) -> Keys {
    Keys::default()
        .text("interface", &row.interface)
        .put("port", Out::Whole(row.port.into()))
        .text("proto", row.proto.word())
        .some_word("peer", row.peer.map(Peer::word))
}

fn conditions(profile: &Profile) -> Out {
    let conditions = profile.conditions.iter().map(|(name, condition)| {
        let keys = Keys::default()
            .truth("state", condition.state)
            .truth("customer_can_enable", condition.customer_can_enable)
            .some_text("evidence", &condition.evidence)
            .some_texts("refs", &condition.refs);
        (name.clone(), keys.table())
    });
    Out::Table(conditions.collect())
}

fn people(keys: Keys, profile: &Profile) -> Keys {
    let access = &profile.access;
    let access = Keys::default()
        .text("credentials", access.credentials.word())
        .text("interactive_user", access.interactive_user.word())
        .text("local_code", access.local_code.word())
        .some_word("local_code_isolation", access.local_code_isolation.map(|isolation| isolation.word()));
    let keys = keys.tables("role", &profile.roles, |row| {
        Keys::default()
            .text("id", &row.id)
            .text("privilege", row.privilege.word())
            .some_word("held_by", row.held_by.map(|holder| holder.word()))
    });
    keys.put("access", access.table()).tables("function", &profile.functions, |row| {
        Keys::default()
            .text("id", &row.id)
            .text("confidentiality", row.confidentiality.word())
            .text("integrity", row.integrity.word())
            .text("availability", row.availability.word())
            .some_texts("depends_on", &row.depends_on)
            .some_truth("safety_related", row.safety_related)
    })
}

fn impact(impact: &Impact) -> Keys {
    Keys::default()
        .text("safety", impact.safety.word())
        .text("mission", impact.mission.word())
        .text("value_density", impact.value_density.word())
        .some_tables("connected_systems", &impact.connected_systems, |(zone, pivot)| {
            Keys::default().text("zone", zone.word()).truth("pivot", *pivot)
        })
}

fn hardening(row: &Hardening) -> Keys {
    let keys = Keys::default()
        .text("aslr", row.aslr.word())
        .text("pie", row.pie.word())
        .text("stack_protector", row.stack_protector.word())
        .text("nx", row.nx.word())
        .text("fortify", row.fortify.word())
        .text("secure_boot", row.secure_boot.word())
        .text("rootfs", row.rootfs.word())
        .text("lsm", &row.lsm)
        .text("firewall", row.firewall.word())
        .texts("sandboxed_services", &row.sandboxed_services)
        .truth("anti_rollback", row.anti_rollback);
    if row.evidence.is_empty() {
        return keys;
    }
    let grounds = row.evidence.iter().map(|(key, ground)| (key.clone(), Out::Text(ground.clone())));
    keys.put("evidence", Out::Table(grounds.collect()))
}

fn update(row: &Update) -> Keys {
    let keys = Keys::default()
        .text("channel", row.channel.word())
        .truth("authenticated", row.authenticated)
        .truth("customer_controls_time", row.customer_controls_time);
    let keys = match row.typical_latency_days {
        Some(days) => keys.put("typical_latency_days", Out::Whole(days.into())),
        None => keys,
    };
    keys.some_text("restart_required", &row.restart_required)
}

fn physical(profile: &Profile) -> Keys {
    Keys::default()
        .text("access", profile.physical.access.word())
        .truth("tamper_evidence", profile.physical.tamper_evidence)
}

fn misuse(row: &Misuse) -> Keys {
    let effect = Keys::default().text("set", &row.set).put("to", scalar(&row.to));
    Keys::default()
        .text("id", &row.id)
        .text("text", &row.text)
        .put("effect", effect.table())
        .text("likelihood", row.likelihood.word())
}

/// The value that a misuse sets is kept as text; true, false and numbers are written as such.
fn scalar(text: &str) -> Out {
    match text {
        "true" => Out::Truth(true),
        "false" => Out::Truth(false),
        _ => match text.parse::<i64>() {
            // Only what comes back as the same text.
            Ok(number) if number.to_string() == text => Out::Whole(number),
            _ => Out::Text(text.to_owned()),
        },
    }
}

/// Canonical JSON.
pub(super) fn json(members: &Members) -> String {
    let mut out = String::new();
    push_table(&mut out, members);
    out
}

fn push_table(out: &mut String, members: &Members) {
    let sorted: BTreeMap<&str, &Out> = members.iter().map(|(key, value)| (key.as_str(), value)).collect();
    out.push('{');
    for (number, (key, value)) in sorted.into_iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        push_text(out, key);
        out.push(':');
        push_json(out, value);
    }
    out.push('}');
}

fn push_json(out: &mut String, value: &Out) {
    match value {
        Out::Text(text) | Out::Date(text) => push_text(out, text),
        Out::Whole(number) => push(out, format_args!("{number}")),
        Out::Truth(truth) => push(out, format_args!("{truth}")),
        Out::List(rows) => {
            out.push('[');
            for (number, row) in rows.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                push_json(out, row);
            }
            out.push(']');
        }
        Out::Table(members) => push_table(out, members),
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = out.write_fmt(text);
}

/// A text in quotes, with the escapes of canonical JSON (RFC 8785).
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => push(out, format_args!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Every value by its key path.
pub(super) fn values(members: &Members) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, value) in members {
        collect(key, value, &mut found);
    }
    found
}

/// Rows that have an id are named by it, so that a row put in front changes no other key.
fn collect(path: &str, value: &Out, found: &mut BTreeMap<String, String>) {
    match value {
        Out::Table(members) => {
            for (key, member) in members {
                collect(&format!("{path}.{key}"), member, found);
            }
        }
        Out::List(rows) if rows.iter().any(|row| matches!(row, Out::Table(_))) => {
            for (number, row) in rows.iter().enumerate() {
                let mut name = name_of(row).map_or_else(|| number.to_string(), str::to_owned);
                let earlier = rows.iter().take(number).filter(|earlier| name_of(earlier) == Some(&name));
                match earlier.count() {
                    0 => {}
                    copies => push(&mut name, format_args!("#{}", copies + 1)),
                }
                collect(&format!("{path}[{name}]"), row, found);
            }
        }
        other => {
            let mut text = String::new();
            push_json(&mut text, other);
            found.insert(path.to_owned(), text);
        }
    }
}

fn name_of(row: &Out) -> Option<&str> {
    let Out::Table(members) = row else { return None };
    members.iter().find_map(|(key, value)| match value {
        Out::Text(text) if matches!(key.as_str(), "id" | "component") => Some(text.as_str()),
        _ => None,
    })
}

/// TOML with comments.
pub(super) fn toml(members: &Members, comments: &BTreeMap<String, String>) -> String {
    let mut page = Page { out: String::new(), comments };
    let is_section = |value: &Out| match value {
        Out::Table(_) => true,
        Out::List(rows) => rows.iter().any(|row| matches!(row, Out::Table(_))),
        _ => false,
    };
    // What has no header of its own must stand before the first header.
    let (sections, plain): (Vec<_>, Vec<_>) =
        members.iter().partition(|(key, value)| key != "applies_to" && is_section(value));
    page.above("");
    for (key, value) in plain {
        page.line("", key, value);
    }
    for (key, value) in sections {
        page.section(key, value);
    }
    page.out
}

struct Page<'c> {
    out: String,
    comments: &'c BTreeMap<String, String>,
}

impl Page<'_> {
    fn section(&mut self, key: &str, value: &Out) {
        match value {
            Out::Table(members) => self.table(key, &format!("[{key}]"), members),
            Out::List(rows) => {
                for (number, row) in rows.iter().enumerate() {
                    if let Out::Table(members) = row {
                        self.table(&format!("{key}[{number}]"), &format!("[[{key}]]"), members);
                    }
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, path: &str, header: &str, members: &Members) {
        self.out.push('\n');
        self.above(path);
        self.out.push_str(header);
        self.out.push('\n');
        for (key, value) in members {
            self.line(path, key, value);
        }
    }

    /// The comment of a table, above it.
    fn above(&mut self, path: &str) {
        for line in self.comments.get(path).map(String::as_str).unwrap_or_default().lines() {
            push(&mut self.out, format_args!("# {}\n", plain(line)));
        }
    }

    fn line(&mut self, table: &str, key: &str, value: &Out) {
        let path = if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
        let start = self.out.len();
        push_key(&mut self.out, key);
        self.out.push_str(" = ");
        let value_start = self.out.len();
        push_toml(&mut self.out, value);
        if self.out.len() - start > LONG
            && let Out::List(rows) = value
        {
            self.out.truncate(value_start);
            push_long_list(&mut self.out, rows);
        }
        let comment = self.comment_of(&path);
        if !comment.is_empty() {
            push(&mut self.out, format_args!("  # {comment}"));
        }
        self.out.push('\n');
    }

    /// The comments of a key and of all that stands in its line.
    fn comment_of(&self, path: &str) -> String {
        let is_below = |key: &str| {
            key.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let comments = self.comments.range(path.to_owned()..).take_while(|(key, _)| key.starts_with(path));
        let texts: Vec<String> =
            comments.filter(|(key, _)| is_below(key)).map(|(_, text)| plain(text)).collect();
        texts.join("; ")
    }
}

/// A comment is one line, and holds no control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn push_key(out: &mut String, key: &str) {
    let is_bare =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_bare { out.push_str(key) } else { push_toml_text(out, key) }
}

/// The escapes of JSON are escapes of TOML too; beyond them TOML wants DEL escaped.
fn push_toml_text(out: &mut String, text: &str) {
    let start = out.len();
    push_text(out, text);
    if text.contains('\u{7f}') {
        let escaped = out.split_off(start).replace('\u{7f}', "\\u007f");
        out.push_str(&escaped);
    }
}

fn push_toml(out: &mut String, value: &Out) {
    match value {
        Out::Text(text) => push_toml_text(out, text),
        Out::Date(date) => out.push_str(date),
        Out::Whole(number) => push(out, format_args!("{number}")),
        Out::Truth(truth) => push(out, format_args!("{truth}")),
        Out::List(rows) => {
            out.push('[');
            for (number, row) in rows.iter().enumerate() {
                if number > 0 {
                    out.push_str(", ");
                }
                push_toml(out, row);
            }
            out.push(']');
        }
        Out::Table(members) => {
            out.push_str("{ ");
            for (number, (key, value)) in members.iter().enumerate() {
                if number > 0 {
                    out.push_str(", ");
                }
                push_key(out, key);
                out.push_str(" = ");
                push_toml(out, value);
            }
            out.push_str(" }");
        }
    }
}

/// Tables one per line, texts as many as fit.
fn push_long_list(out: &mut String, rows: &[Out]) {
    out.push('[');
    let mut width = LONG;
    for row in rows {
        let mut text = String::new();
        push_toml(&mut text, row);
        width += text.len() + 2;
        if width > LONG || matches!(row, Out::Table(_)) {
            out.push_str("\n ");
            width = text.len() + 2;
        }
        push(out, format_args!(" {text},"));
    }
    out.push_str("\n]");
}
