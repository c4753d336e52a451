//! Repository addresses: every spelling of one repository is one key.

use model::identity::repository::{normalise, owner};
use proptest::prelude::*;

#[test]
fn spellings() {
    for (normal, spellings) in [
        (
            "github.com/curl/curl",
            &[
                "https://github.com/curl/curl",
                "http://www.github.com/Curl/curl/",
                "git://github.com/curl/curl.git",
                "git@github.com:curl/curl.git",
                "ssh://git@github.com:22/curl/curl.git",
                "git+ssh://git@github.com/curl/curl.git#v1",
                "git+https://github.com/curl/curl.git@ab12cd",
                "scm:git:https://github.com/curl/curl.git",
                "github:curl/curl",
                "https://github.com/curl/curl/commit/ab12cd34",
                "https://github.com/curl/curl/releases/download/curl-8_5_0/curl-8.5.0.tar.xz",
                "https://github.com/curl/curl/archive/refs/tags/curl-8_5_0.tar.gz",
                "https://codeload.github.com/curl/curl/tar.gz/refs/tags/curl-8_5_0",
                "https://raw.githubusercontent.com/curl/curl/master/README",
                "https://api.github.com/repos/curl/curl/tarball/v8",
                "https://github.com/curl/curl/security/advisories/GHSA-xxxx",
                "git://github.com/curl/curl.git;branch=master;protocol=https",
            ][..],
        ),
        (
            "gitlab.freedesktop.org/dbus/dbus",
            &[
                "https://gitlab.freedesktop.org/dbus/dbus",
                "https://gitlab.freedesktop.org/dbus/dbus/-/commit/1234abcd",
                "https://gitlab.freedesktop.org/dbus/dbus/commit/1234abcd",
                "https://gitlab.freedesktop.org/dbus/dbus.git",
                "https://cgit.freedesktop.org/dbus/dbus/commit/?id=1234",
                "git://anongit.freedesktop.org/dbus/dbus",
            ],
        ),
        (
            "git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux",
            &[
                "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git",
                "git://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git",
                "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=abc",
                "https://git.kernel.org/cgit/linux/kernel/git/torvalds/linux.git/commit/?id=abc",
                "http://git.kernel.org/?p=linux/kernel/git/torvalds/linux.git;a=commit;h=abc",
                "https://git.kernel.org/linus/abcdef",
            ],
        ),
        (
            "git.kernel.org/pub/scm/linux/kernel/git/stable/linux",
            &[
                "https://git.kernel.org/stable/c/abcdef",
                "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git/patch/?id=1",
            ],
        ),
        (
            "sourceware.org/git/glibc",
            &[
                "https://sourceware.org/git/glibc.git",
                "git://sourceware.org/git/glibc.git",
                "https://sourceware.org/git/?p=glibc.git;a=commit;h=abc",
                "https://sourceware.org/git/gitweb.cgi?p=glibc.git;h=abc",
                "https://sourceware.org/cgit/glibc/commit/?id=abc",
            ],
        ),
        (
            "git.savannah.gnu.org/bash",
            &[
                "https://git.savannah.gnu.org/git/bash.git",
                "git://git.savannah.gnu.org/bash.git",
                "https://git.savannah.gnu.org/cgit/bash.git/commit/?id=abc",
                "http://git.savannah.gnu.org/gitweb/?p=bash.git;a=commitdiff;h=abc",
                "git://git.sv.gnu.org/bash.git",
                "https://cgit.git.savannah.gnu.org/cgit/bash.git",
            ],
        ),
        (
            "git.busybox.net/busybox",
            &[
                "https://git.busybox.net/busybox",
                "https://git.busybox.net/busybox/commit/?id=abc",
                "git://busybox.net/busybox.git",
                "git://git.busybox.net/busybox.git",
            ],
        ),
        (
            "thekelleys.org.uk/dnsmasq",
            &[
                "git://thekelleys.org.uk/dnsmasq.git",
                "http://thekelleys.org.uk/gitweb/?p=dnsmasq.git;a=commit;h=abc",
            ],
        ),
        (
            "w1.fi/hostap",
            &["git://w1.fi/hostap.git", "git://w1.fi/srv/git/hostap.git", "https://w1.fi/cgit/hostap/"],
        ),
        (
            "git.gnupg.org/libgcrypt",
            &[
                "https://git.gnupg.org/cgi-bin/gitweb.cgi?p=libgcrypt.git;a=commit;h=1",
                "git://git.gnupg.org/libgcrypt.git",
            ],
        ),
        (
            "git.ffmpeg.org/ffmpeg",
            &["https://git.ffmpeg.org/ffmpeg.git", "https://git.ffmpeg.org/gitweb/ffmpeg.git/commit/ab12"],
        ),
        (
            "sourceforge.net/p/libpng",
            &[
                "https://sourceforge.net/projects/libpng/files/libpng16/",
                "http://libpng.sourceforge.net/",
                "git://git.code.sf.net/p/libpng/code",
                "https://sourceforge.net/p/libpng/code/ci/abc/",
                "https://downloads.sourceforge.net/project/libpng/x.tar.gz",
                "svn://svn.code.sf.net/p/libpng/code/trunk",
            ],
        ),
        (
            "android.googlesource.com/platform/external/zlib",
            &[
                "https://android.googlesource.com/platform/external/zlib/+/refs/heads/main",
                "https://android.googlesource.com/platform/external/zlib",
            ],
        ),
        (
            "svn.example.org/foo",
            &["svn://svn.example.org/foo/trunk", "https://svn.example.org/foo/branches/1.0"],
        ),
        ("git.sr.ht/~user/tool", &["https://git.sr.ht/~user/tool/commit/1", "https://git.sr.ht/~user/tool"]),
        (
            "ftp.gnu.org/gnu/bash",
            &["https://ftp.gnu.org/gnu/bash/bash-5.2.tar.gz", "ftp://ftp.gnu.org/gnu/bash/"],
        ),
        ("zlib.net", &["https://zlib.net", "https://zlib.net/", "https://zlib.net/zlib-1.3.1.tar.xz"]),
        ("codeberg.org/forgejo/forgejo", &["https://codeberg.org/forgejo/forgejo/src/branch/main/x.go"]),
        (
            "gitea.example.com/a/b",
            &["https://gitea.example.com/a/b/commit/1", "https://gitea.example.com:3000/a/b.git"],
        ),
        ("github.com", &["https://github.com/advisories/GHSA-xxxx-yyyy-zzzz"]),
    ] {
        for spelling in spellings {
            assert_eq!(normalise(spelling).as_deref(), Some(normal), "{spelling}");
        }
    }
}

#[test]
fn no_host() {
    for text in
        ["", "no address", "curl", "NOASSERTION", "curl/curl", "https://", "file:///etc/passwd", "https://?x"]
    {
        assert_eq!(normalise(text), None, "{text}");
    }
}

#[test]
fn owners() {
    assert_eq!(owner("github.com/cloudflare/zlib"), "github.com/cloudflare");
    assert_eq!(owner("git.busybox.net/busybox"), "git.busybox.net/busybox");
}

proptest! {
    #[test]
    fn any_text(text in ".{0,60}") {
        let _ = normalise(&text);
        let _ = normalise(&format!("https://{text}"));
    }

    #[test]
    fn normal_stays_normal(host in "(git|www|cgit)?[.]?[a-z]{1,5}[.](org|net)", path in "(/[a-zA-Z0-9.~_-]{1,8}){0,5}") {
        if let Some(normal) = normalise(&format!("https://{host}{path}")) {
            prop_assert_eq!(normalise(&format!("https://{normal}")), Some(normal));
        }
    }

    #[test]
    fn forge_pages_are_their_repository(
        owner in "[a-z][a-z0-9-]{0,8}x",
        name in "[a-z][a-z0-9-]{0,8}x",
        page in "(commit/[0-9a-f]{7}|archive/v1[.]0[.]tar[.]gz|releases/download/v1/x-1[.]zip|tree/main/src)",
        dot_git in proptest::bool::ANY,
    ) {
        for host in ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"] {
            let expected = format!("{host}/{owner}/{name}");
            let suffix = if dot_git { ".git" } else { "" };
            prop_assert_eq!(normalise(&format!("https://{expected}/{page}")), Some(expected.clone()));
            prop_assert_eq!(normalise(&format!("git@{host}:{owner}/{name}{suffix}")), Some(expected.clone()));
            prop_assert_eq!(normalise(&format!("git://{expected}{suffix}")), Some(expected));
        }
    }
}
