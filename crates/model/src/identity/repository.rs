//! Repository addresses, normalised so that two spellings of one repository are one key.
//!
//! Records and SBOMs name a repository by whatever address was at hand: a clone URL, a commit page, a release
//! archive, a gitweb query. Where the shape of a forge's addresses is known, all of them come out the same.

/// An address cut into its pieces; host and path in lower case, the path without empty segments.
struct Address {
    host: String,
    path: Vec<String>,
    query: String,
}

/// Normalises a repository address to `host/path` in lower case: scheme, user, port, `git+`, `.git`, the pages
/// below a repository (commits, archives, release files), `@commit` and `#fragment` are removed. A release
/// archive on a server of no known forge gives the folder it lies in. Returns `None` for a text without a host.
///
/// ```
/// use model::identity::repository::normalise;
/// assert_eq!(normalise("git+https://github.com/Tukaani-Project/xz.git@abc").as_deref(), Some("github.com/tukaani-project/xz"));
/// assert_eq!(normalise("git@github.com:curl/curl.git").as_deref(), Some("github.com/curl/curl"));
/// assert_eq!(
///     normalise("https://sourceware.org/git/?p=glibc.git;a=commit;h=abc").as_deref(),
///     Some("sourceware.org/git/glibc"),
/// );
/// assert_eq!(normalise("no address"), None);
/// ```
pub fn normalise(url: &str) -> Option<String> {
    let mut address = read(url)?;
    rename_host(&mut address);
    if !settle_forge(&mut address) {
        settle_other(&mut address);
    }
    let mut normal = address.host;
    for segment in &address.path {
        normal.push('/');
        normal.push_str(segment);
    }
    Some(normal)
}

/// Host and first segment of a normalised address: who publishes there. Equal owners are a second signal of
/// identity (matching.md 4.3b).
///
/// ```
/// use model::identity::repository::owner;
/// assert_eq!(owner("github.com/cloudflare/zlib"), "github.com/cloudflare");
/// assert_eq!(owner("zlib.net"), "zlib.net");
/// ```
pub fn owner(normal: &str) -> &str {
    match normal.match_indices('/').nth(1) {
        Some((at, _)) => normal.get(..at).unwrap_or(normal),
        None => normal,
    }
}

fn read(url: &str) -> Option<Address> {
    let text = url.trim().trim_matches(['"', '\'', '<', '>']);
    let text = expand_short(text);
    let text = text.as_str();
    let text = text.split('#').next().unwrap_or(text);
    let (text, query) = text.split_once('?').unwrap_or((text, ""));
    // Yocto writes `git://host/path;branch=main;protocol=https`.
    let text = text.split(';').next().unwrap_or(text);
    let (rest, had_scheme) = match text.split_once("://") {
        Some((_, rest)) => (rest, true),
        None => (text, false),
    };
    let rest = match rest.split_once('@') {
        Some((user, host)) if !user.contains('/') => host,
        _ => rest,
    };
    let (host, path) = match rest.find(['/', ':']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let path = if had_scheme { without_port(path) } else { path };
    let odd = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !host.contains('.') || host.contains(odd) || host == "." {
        return None;
    }
    if !had_scheme && path.is_empty() {
        return None;
    }
    let host = host.trim_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    Some(Address { host, path: segments(path), query: query.to_owned() })
}

/// `github:owner/name` and the prefixes that build systems put before an address.
fn expand_short(text: &str) -> String {
    for (short, long) in [
        ("github:", "https://github.com/"),
        ("gitlab:", "https://gitlab.com/"),
        ("bitbucket:", "https://bitbucket.org/"),
    ] {
        if let Some(rest) = text.strip_prefix(short)
            && !rest.starts_with('/')
        {
            return format!("{long}{rest}");
        }
    }
    let mut text = text;
    for prefix in ["scm:", "git+", "svn+", "hg+", "bzr+", "gitsm+", "git:http", "git:ssh", "git:git"] {
        if let Some(rest) = text.strip_prefix(prefix) {
            // `scm:git:https://…` loses its `git:`, a plain `git://…` keeps its scheme.
            let kept =
                prefix.find(':').filter(|_| prefix.starts_with("git:")).map_or(0, |at| prefix.len() - at - 1);
            text = text.get(prefix.len() - kept..).unwrap_or(rest);
        }
    }
    text.to_owned()
}

fn without_port(path: &str) -> &str {
    let Some(rest) = path.strip_prefix(':') else { return path };
    let port = rest.find('/').unwrap_or(rest.len());
    match rest.get(..port) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest.get(port..).unwrap_or_default()
        }
        _ => path,
    }
}

/// The segments of a path; `name@commit` loses its commit.
fn segments(path: &str) -> Vec<String> {
    let path = path.trim_start_matches([':', '/']);
    let path = match path.split_once('@') {
        Some((front, _)) if !front.is_empty() && !front.ends_with('/') => front,
        _ => path,
    };
    path.split('/').filter(|segment| !matches!(*segment, "" | "." | "~")).map(str::to_lowercase).collect()
}

/// Mirrors and old names of one and the same server.
fn rename_host(address: &mut Address) {
    const HOSTS: &[(&str, &str)] = &[
        ("ssh.github.com", "github.com"),
        ("web.git.kernel.org", "git.kernel.org"),
        ("git.sv.gnu.org", "git.savannah.gnu.org"),
        ("git.sv.nongnu.org", "git.savannah.gnu.org"),
        ("git.savannah.nongnu.org", "git.savannah.gnu.org"),
        ("cgit.git.savannah.gnu.org", "git.savannah.gnu.org"),
        ("gitweb.git.savannah.gnu.org", "git.savannah.gnu.org"),
        ("https.git.savannah.gnu.org", "git.savannah.gnu.org"),
        ("anongit.freedesktop.org", "gitlab.freedesktop.org"),
        ("cgit.freedesktop.org", "gitlab.freedesktop.org"),
        ("git.freedesktop.org", "gitlab.freedesktop.org"),
        ("git.gnome.org", "gitlab.gnome.org"),
        ("source.isc.org", "gitlab.isc.org"),
        ("busybox.net", "git.busybox.net"),
        ("uclibc.org", "git.uclibc.org"),
        ("cygwin.com", "sourceware.org"),
        ("sources.redhat.com", "sourceware.org"),
        ("git.openembedded.net", "git.openembedded.org"),
        ("hg.code.sf.net", "git.code.sf.net"),
        ("svn.code.sf.net", "git.code.sf.net"),
        ("prdownloads.sourceforge.net", "downloads.sourceforge.net"),
    ];
    let renamed = HOSTS.iter().find(|(old, _)| *old == address.host);
    // A bare project host is only its git server where a path names a repository.
    let bare = matches!(address.host.as_str(), "busybox.net" | "uclibc.org" | "cygwin.com");
    let names_repository = address.path.iter().any(|segment| segment.ends_with(".git"));
    if let Some((_, new)) = renamed
        && (!bare || names_repository)
    {
        address.host = (*new).to_owned();
    }
}

/// Forges whose addresses have a known shape. True when the address was settled.
fn settle_forge(address: &mut Address) -> bool {
    match address.host.as_str() {
        "github.com" => settle_github(address),
        "raw.githubusercontent.com" | "codeload.github.com" => {
            address.host = "github.com".to_owned();
            settle_github(address);
        }
        "api.github.com" => {
            address.host = "github.com".to_owned();
            if address.path.first().is_some_and(|first| first == "repos") {
                address.path.remove(0);
            }
            settle_github(address);
        }
        "bitbucket.org" | "codeberg.org" | "gitee.com" | "git.sr.ht" | "hg.sr.ht" => {
            address.path.truncate(2);
            drop_git_suffix(&mut address.path);
        }
        "git.kernel.org" => settle_kernel_org(address),
        "git.code.sf.net" | "sourceforge.net" | "downloads.sourceforge.net" => settle_sourceforge(address),
        host if is_gitlab(host) => settle_gitlab(address),
        host if host.ends_with(".googlesource.com") => {
            cut_before(&mut address.path, |segment, _| segment.starts_with('+'));
            drop_git_suffix(&mut address.path);
        }
        _ => return false,
    }
    true
}

fn settle_github(address: &mut Address) {
    const PAGES: [&str; 10] = [
        "advisories",
        "orgs",
        "security",
        "features",
        "topics",
        "sponsors",
        "marketplace",
        "search",
        "settings",
        "user-attachments",
    ];
    if address.path.first().is_some_and(|first| PAGES.contains(&first.as_str())) {
        address.path.clear();
    }
    address.path.truncate(2);
    drop_git_suffix(&mut address.path);
}

fn is_gitlab(host: &str) -> bool {
    host.starts_with("gitlab.")
        || matches!(
            host,
            "salsa.debian.org"
                | "invent.kde.org"
                | "code.videolan.org"
                | "source.denx.de"
                | "foss.heptapod.net"
        )
}

fn settle_gitlab(address: &mut Address) {
    if let Some(repo) = query_value(&address.query, "p") {
        address.path = segments(&repo);
    }
    cut_after_git(&mut address.path);
    cut_before(&mut address.path, |segment, number| segment == "-" || number >= 2 && is_page(segment));
    drop_git_suffix(&mut address.path);
}

/// `git.kernel.org` has one tree under several roots, and two short forms for commits.
fn settle_kernel_org(address: &mut Address) {
    if let Some(repo) = query_value(&address.query, "p") {
        address.path = segments(&repo);
    }
    let short = match address.path.first().map(String::as_str) {
        Some("linus") => Some("pub/scm/linux/kernel/git/torvalds/linux"),
        Some("stable") => Some("pub/scm/linux/kernel/git/stable/linux"),
        _ => None,
    };
    if let Some(repo) = short {
        address.path = segments(repo);
        return;
    }
    let roots: &[&str] = &["cgit", "gitweb", "gitweb.cgi", "pub", "scm"];
    while address.path.first().is_some_and(|first| roots.contains(&first.as_str())) {
        address.path.remove(0);
    }
    cut_after_git(&mut address.path);
    cut_before(&mut address.path, |segment, number| number >= 1 && is_cgit_page(segment));
    drop_git_suffix(&mut address.path);
    if !address.path.is_empty() {
        address.path.splice(0..0, ["pub".to_owned(), "scm".to_owned()]);
    }
}

/// A project has many addresses there; the project is what counts.
fn settle_sourceforge(address: &mut Address) {
    let skip: &[&str] = &["p", "project", "projects"];
    if address.path.first().is_some_and(|first| skip.contains(&first.as_str())) {
        address.path.remove(0);
    }
    address.path.truncate(1);
    address.host = "sourceforge.net".to_owned();
    if !address.path.is_empty() {
        address.path.insert(0, "p".to_owned());
    }
}

/// Everything else: gitweb, cgit, Gitea, Subversion, plain download servers.
fn settle_other(address: &mut Address) {
    if let Some(project) = address.host.strip_suffix(".sourceforge.net")
        && !project.contains('.')
    {
        address.path = vec!["p".to_owned(), project.to_owned()];
        address.host = "sourceforge.net".to_owned();
        return;
    }
    if let Some(repo) = query_value(&address.query, "p").filter(|repo| !repo.is_empty()) {
        address.path.retain(|segment| !segment.ends_with(".cgi") && !segment.ends_with(".pl"));
        address.path.extend(segments(&repo));
    }
    drop_web_roots(address);
    let named = cut_after_git(&mut address.path);
    let cgit = address.host.starts_with("git.") || address.host.starts_with("cgit.");
    cut_before(&mut address.path, |segment, number| {
        number >= 2 && is_page(segment) || (number >= 1 && cgit && is_cgit_page(segment))
    });
    cut_before(&mut address.path, |segment, number| {
        number >= 1 && matches!(segment, "trunk" | "branches" | "tags" | "!svn")
    });
    if !named && address.path.last().is_some_and(|last| is_archive(last)) {
        address.path.pop();
    }
    drop_git_suffix(&mut address.path);
}

/// Web front ends put a folder of their own before the repository's path.
fn drop_web_roots(address: &mut Address) {
    if address.host == "sourceware.org" {
        if let Some(first) = address.path.first_mut().filter(|first| *first == "cgit" || *first == "gitweb") {
            *first = "git".to_owned();
        }
        return;
    }
    let server = address.host.starts_with("git.");
    while address.path.len() > 1 {
        let Some(first) = address.path.first() else { return };
        let root = matches!(first.as_str(), "cgit" | "gitweb" | "cgi-bin" | "srv" | "r" if first != "r" || server)
            || first.ends_with(".cgi")
            || (first == "git" && (server || address.host == "w1.fi"));
        if !root {
            return;
        }
        address.path.remove(0);
    }
}

/// The value of a query key; gitweb separates with `;`.
fn query_value(query: &str, key: &str) -> Option<String> {
    let pair = query.split([';', '&']).find_map(|pair| pair.split_once('=').filter(|(name, _)| *name == key));
    pair.map(|(_, value)| value.replace("%2F", "/").replace("%2f", "/"))
}

/// Cuts after the first segment that ends in `.git`; true when there was one.
fn cut_after_git(path: &mut Vec<String>) -> bool {
    let at = path.iter().position(|segment| segment.ends_with(".git") && segment.len() > 4);
    if let Some(at) = at {
        path.truncate(at + 1);
    }
    at.is_some()
}

fn cut_before(path: &mut Vec<String>, stop: impl Fn(&str, usize) -> bool) {
    if let Some(at) = path.iter().enumerate().position(|(number, segment)| stop(segment, number)) {
        path.truncate(at);
    }
}

fn drop_git_suffix(path: &mut [String]) {
    if let Some(last) = path.last_mut()
        && let Some(bare) = last.strip_suffix(".git").filter(|bare| !bare.is_empty())
    {
        *last = bare.to_owned();
    }
}

/// Pages below a repository on forges.
fn is_page(segment: &str) -> bool {
    const PAGES: [&str; 19] = [
        "commit",
        "commits",
        "archive",
        "releases",
        "release",
        "tree",
        "blob",
        "raw",
        "pull",
        "pulls",
        "issues",
        "merge_requests",
        "compare",
        "tags",
        "tag",
        "src",
        "blame",
        "uploads",
        "wiki",
    ];
    PAGES.contains(&segment)
}

/// Pages below a repository in cgit.
fn is_cgit_page(segment: &str) -> bool {
    const PAGES: [&str; 15] = [
        "commit",
        "commitdiff",
        "log",
        "tree",
        "plain",
        "diff",
        "patch",
        "tag",
        "refs",
        "snapshot",
        "blame",
        "c",
        "about",
        "summary",
        "ci",
    ];
    PAGES.contains(&segment)
}

fn is_archive(file: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tbz2", ".txz", ".tar.lz", ".tar.zst", ".zip",
        ".crate", ".gem",
    ];
    ENDINGS.iter().any(|ending| file.ends_with(ending))
}
