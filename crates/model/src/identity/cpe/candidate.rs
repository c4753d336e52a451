//! The application test of matching.md 4.2: does a record's criterion speak of this component?
//!
//! Pure CPE logic. What tables know (other names of the product, explicit namesakes, the product's own
//! language) comes in through [`Known`]. Versions are compared elsewhere by scheme; only the update rule of
//! rows with the same base version is settled here.

use crate::identity::name::{is_no_name, same_name};
use crate::reason::Reason;
use crate::record::CpeHead;

use super::Cpe;

/// A criterion of a record: its head and, where it has one, its version row. All values plain.
#[derive(Clone, Copy, Debug)]
pub struct Criterion<'a> {
    /// Everything but version and update.
    pub head: &'a CpeHead<'a>,
    /// Version; `*` when it is a range or unbounded.
    pub version: &'a str,
    /// Update; `*` when it does not matter.
    pub update: &'a str,
}

/// What tables know about the component at hand.
pub struct Known<'a> {
    /// The language the component itself is written in or for (`python` for Jinja); empty when unknown.
    pub own_language: &'a str,
    /// Whether (vendor, product) is another name of the component's product: `Some(true)` = reviewed alias,
    /// `Some(false)` = reviewed namesake, `None` = the tables do not say.
    pub same_product: &'a dyn Fn(&str, &str) -> Option<bool>,
}

impl Known<'_> {
    /// Nothing known.
    pub const NOTHING: Known<'static> = Known { own_language: "", same_product: &|_, _| None };
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Candidate {
    /// The criterion names this product.
    Match,
    /// Product equal, vendor unknown on one side: a second signal decides (4.3).
    Possible,
    /// The tables say so.
    Alias,
    /// The product is right; a platform condition (operating system, architecture) is left to 5.6.
    Platform,
    /// It does not.
    No(Denial),
}

/// Why a criterion does not speak of the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Denial {
    /// Another product or vendor.
    OtherProduct,
    /// Hardware against software.
    OtherPart,
    /// A binding, plug-in or package of another language or host.
    OtherEcosystem,
    /// Another edition.
    OtherEdition,
    /// The same version with another update; concerns this row, not the product.
    OtherUpdate,
    /// `null:null` and the like: the record says that no product applies.
    NoProduct,
}

impl Denial {
    /// The reason code that explain shows.
    pub fn reason(self) -> Reason {
        match self {
            Denial::OtherProduct | Denial::OtherPart => Reason::IOtherProduct,
            Denial::OtherEcosystem => Reason::IOtherEcosystem,
            Denial::OtherEdition => Reason::IOtherEdition,
            Denial::OtherUpdate => Reason::VNotListed,
            Denial::NoProduct => Reason::INoProduct,
        }
    }
}

/// Tests a component against a criterion.
pub fn candidate_test(component: &Cpe, criterion: &Criterion<'_>, known: &Known<'_>) -> Candidate {
    let name = match name_test(component, criterion.head, known) {
        Candidate::No(denial) => return Candidate::No(denial),
        found => found,
    };
    if !edition_fits(component, criterion.head) {
        return Candidate::No(Denial::OtherEdition);
    }
    if !update_fits(component, criterion) {
        return Candidate::No(Denial::OtherUpdate);
    }
    if name != Candidate::Possible && has_platform(component, criterion.head) {
        return Candidate::Platform;
    }
    name
}

/// Part, vendor, product and ecosystem.
fn name_test(component: &Cpe, head: &CpeHead<'_>, known: &Known<'_>) -> Candidate {
    if is_no_name(&head.product) {
        return Candidate::No(Denial::NoProduct);
    }
    if !parts_fit(&component.part, &head.part) {
        return Candidate::No(Denial::OtherPart);
    }
    let table = (known.same_product)(&head.vendor, &head.product);
    if table == Some(false) {
        return Candidate::No(Denial::OtherProduct);
    }
    if is_other_ecosystem(component, head, known) {
        return Candidate::No(Denial::OtherEcosystem);
    }
    let product = same_name(&component.product, &head.product);
    let vendor = same_name(&component.vendor, &head.vendor);
    match (product, vendor) {
        (true, true) => Candidate::Match,
        (true, false) if is_no_name(&component.vendor) || is_no_name(&head.vendor) => Candidate::Possible,
        _ if table == Some(true) => Candidate::Alias,
        _ => Candidate::No(Denial::OtherProduct),
    }
}

/// Hardware and software differ; application and operating system do not, because writers mix them up
/// (U-Boot and Zephyr occur as both). An unknown part fits everything.
fn parts_fit(component: &str, criterion: &str) -> bool {
    (component == "h") == (criterion == "h") || matches!(component, "*" | "") || matches!(criterion, "*" | "")
}

fn is_other_ecosystem(component: &Cpe, head: &CpeHead<'_>, known: &Known<'_>) -> bool {
    let Some(wanted) = ecosystem(&head.target_sw) else { return false };
    let own = [component.target_sw.as_str(), component.product.as_str(), known.own_language];
    !own.into_iter().any(|word| ecosystem(word) == Some(wanted) || says_language(word, wanted))
}

/// A product that is itself the implementation of the language (`perl:perl`, `ruby-lang:ruby`), under the
/// names it has there.
fn says_language(product: &str, language: &str) -> bool {
    let key = crate::identity::name::name_key(product);
    match language {
        "node.js" => key == "nodejs" || key == "node",
        "python" => key.starts_with("cpython") || key == "python3" || key == "python2",
        "ruby" => key == "mruby" || key == "jruby",
        "go" => key == "golang",
        "java" => key == "openjdk" || key == "jdk" || key == "jre",
        "lua" => key == "luajit",
        _ => false,
    }
}

/// The language or host a `target_sw` value names, synonyms folded; `None` for operating systems,
/// architectures, bundled modules (`oniguruma-mod`) and words we do not know: those never exclude.
pub fn ecosystem(target_sw: &str) -> Option<&'static str> {
    const HOSTS: &[(&str, &str)] = &[
        ("nodejs", "node.js"),
        ("npm", "node.js"),
        ("python", "python"),
        ("pypi", "python"),
        ("pypl", "python"),
        ("ruby", "ruby"),
        ("gem", "ruby"),
        ("rubygems", "ruby"),
        ("rust", "rust"),
        ("crates", "rust"),
        ("go", "go"),
        ("golang", "go"),
        ("perl", "perl"),
        ("php", "php"),
        ("laravel", "php"),
        ("composer", "php"),
        ("java", "java"),
        ("maven", "java"),
        ("gradle", "java"),
        ("grails", "java"),
        ("net", ".net"),
        ("aspnet", ".net"),
        ("nuget", ".net"),
        ("swift", "swift"),
        ("lua", "lua"),
        ("nim", "nim"),
        ("erlang", "erlang"),
        ("elixir", "elixir"),
        ("haskell", "haskell"),
        ("dart", "dart"),
        ("jquery", "jquery"),
        ("cordova", "cordova"),
        ("wordpress", "wordpress"),
        ("woocommerce", "wordpress"),
        ("drupal", "drupal"),
        ("joomla", "joomla"),
        ("typo3", "typo3"),
        ("mediawiki", "mediawiki"),
        ("moodle", "moodle"),
        ("magento", "magento"),
        ("prestashop", "prestashop"),
        ("opencart", "opencart"),
        ("discourse", "discourse"),
        ("jenkins", "jenkins"),
        ("cloudbeesjenkins", "jenkins"),
        ("jira", "jira"),
        ("jiraserver", "jira"),
        ("confluence", "confluence"),
        ("android", "android"),
        ("chrome", "chrome"),
        ("firefox", "firefox"),
        ("internetexplorer", "internet_explorer"),
        ("edge", "edge"),
        ("opera", "opera"),
        ("visualstudiocode", "visual_studio_code"),
        ("visualstudio", "visual_studio"),
        ("kubernetes", "kubernetes"),
        ("helm", "kubernetes"),
        ("openstack", "openstack"),
        ("nextcloud", "nextcloud"),
        ("minecraft", "minecraft"),
        ("kibana", "kibana"),
        ("pivotalcloudfoundry", "cloud_foundry"),
        ("vsphere", "vsphere"),
        ("vmwarevsphere", "vsphere"),
        ("mybb", "mybb"),
        ("vbulletin", "vbulletin"),
        ("easydigitaldownloads", "wordpress"),
    ];
    if matches!(target_sw, "*" | "-" | "") {
        return None;
    }
    HOSTS.iter().find(|(key, _)| same_name(key, target_sw)).map(|(_, host)| *host)
}

/// Editions that are what everybody builds from the public source.
fn is_plain_edition(word: &str) -> bool {
    matches!(word, "" | "*" | "-" | "stable" | "open_source" | "opensource" | "oss" | "foss")
}

/// Editions that NVD also writes into `target_sw` by mistake.
fn is_edition_word(word: &str) -> bool {
    matches!(word, "supported_preview" | "preview" | "esv" | "lts" | "premium" | "enterprise" | "community")
}

fn edition_fits(component: &Cpe, head: &CpeHead<'_>) -> bool {
    let misplaced = is_edition_word(&head.target_sw).then_some(head.target_sw.as_ref());
    [head.edition.as_ref(), head.sw_edition.as_ref()]
        .into_iter()
        .chain(misplaced)
        .filter(|wanted| !is_plain_edition(wanted) && !is_os(wanted) && !is_architecture(wanted))
        .all(|wanted| says_edition(component, wanted))
}

/// The component says so in any of its attributes, or its version does: BIND `-S1` is the preview edition,
/// `9.6-ESV` the extended one, and the even Node.js majors are the lines with long-term support.
fn says_edition(component: &Cpe, wanted: &str) -> bool {
    let said = [&component.edition, &component.sw_edition, &component.target_sw, &component.other];
    if said.into_iter().any(|word| word.eq_ignore_ascii_case(wanted)) {
        return true;
    }
    let version = joined_version(&component.version, &component.update).to_ascii_lowercase();
    match wanted {
        "supported_preview" | "preview" => has_preview_suffix(&version),
        "esv" => version.contains("esv"),
        "lts" if same_name(&component.product, "nodejs") => has_even_major(&version),
        _ => false,
    }
}

/// `9.18.19-s1`, `9.18.19s1`.
fn has_preview_suffix(version: &str) -> bool {
    version.rsplit_once('s').is_some_and(|(front, number)| {
        let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && ends_in_digit(front.strip_suffix(['-', '_']).unwrap_or(front))
    })
}

fn has_even_major(version: &str) -> bool {
    let digits: &str = version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.ends_with(['0', '2', '4', '6', '8']) && digits != "0"
}

fn has_platform(component: &Cpe, head: &CpeHead<'_>) -> bool {
    let sw = head.target_sw.as_ref();
    let other_sw = !matches!(sw, "" | "*" | "-")
        && sw != component.target_sw
        && ecosystem(sw).is_none()
        && !sw.ends_with("-mod")
        && !is_edition_word(sw);
    let hw = head.target_hw.as_ref();
    let other_hw = !matches!(hw, "" | "*" | "-") && hw != component.target_hw;
    let edition = head.edition.as_ref();
    other_sw || other_hw || is_os(edition) || is_architecture(edition) || is_os(&head.sw_edition)
}

/// Operating systems as `target_sw` and, in old records, `edition` name them.
pub fn is_os(word: &str) -> bool {
    const SYSTEMS: [&str; 25] = [
        "windows",
        "win32",
        "win",
        "macos",
        "mac_os",
        "mac_os_x",
        "macintosh",
        "mac",
        "linux",
        "linux_kernel",
        "unix",
        "solaris",
        "sunos",
        "aix",
        "hp-ux",
        "hpux",
        "hp_ux",
        "freebsd",
        "openbsd",
        "netbsd",
        "iphone_os",
        "ios",
        "ipad_os",
        "z/os",
        "debian",
    ];
    SYSTEMS.contains(&word) || word.starts_with("windows_") || word == "ubuntu"
}

/// Architectures as `target_sw`, `target_hw` and, in old records, `edition` name them.
pub fn is_architecture(word: &str) -> bool {
    const ARCHITECTURES: [&str; 24] = [
        "x64", "x86", "x32", "x86_64", "amd64", "i386", "i486", "i586", "i686", "ia64", "itanium", "arm",
        "arm32", "arm64", "aarch64", "sparc", "sparc64", "ppc", "ppc64", "ppc64le", "powerpc", "mips",
        "s390x", "riscv64",
    ];
    ARCHITECTURES.contains(&word)
}

/// Version and update as one text, as the product itself writes it: `9.3` + `p2` = `9.3p2`, `1.9.5` +
/// `patch1` = `1.9.5p1`, `2.1.0` + `beta3` = `2.1.0-beta3`, `9.9.3` + `s1` = `9.9.3-s1`. `*` and `-` add nothing.
///
/// ```
/// assert_eq!(model::identity::cpe::candidate::joined_version("4.2.8", "p15"), "4.2.8p15");
/// ```
pub fn joined_version<'a>(version: &'a str, update: &str) -> std::borrow::Cow<'a, str> {
    if matches!(update, "" | "*" | "-") || matches!(version, "" | "*" | "-") {
        return version.into();
    }
    let number = |prefix: &str| {
        let rest = update.strip_prefix(prefix)?.trim_start_matches(['-', '_']);
        (!rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
    };
    match number("patch").or_else(|| number("p")) {
        Some(level) => format!("{version}p{level}").into(),
        None => format!("{version}-{update}").into(),
    }
}

/// A row with a stated update means that very update; `-` means the plain release. Only decided where both
/// have the same base version: everything else is the scheme's business.
fn update_fits(component: &Cpe, criterion: &Criterion<'_>) -> bool {
    let unbound = |value: &str| matches!(value, "" | "*");
    let unknown = |version: &str| unbound(version) || version == "-";
    if unbound(criterion.update) || unknown(criterion.version) || unknown(&component.version) {
        return true;
    }
    let ours = squash(&joined_version(&component.version, &component.update));
    let base = squash(criterion.version);
    let theirs = squash(&joined_version(criterion.version, criterion.update));
    match ours.strip_prefix(base.as_str()) {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') => ours == theirs,
        _ => true,
    }
}

/// Drops what separates an update from its version, and folds `patch` to `p`.
fn squash(version: &str) -> String {
    let lower = version.to_ascii_lowercase().replace("patch", "p");
    lower.chars().filter(|c| !matches!(c, '-' | '_' | '~')).collect()
}
