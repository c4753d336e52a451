//! Folders that were renamed upstream: a record may use either name, and so may a tree (stable branches got
//! some new names by back-port), so each name stands for both.

use std::borrow::Cow;

/// Old and new folder names.
const RENAMED: &[(&str, &str)] = &[
    ("fs/ksmbd/", "fs/smb/server/"),
    ("fs/cifsd/", "fs/smb/server/"),
    ("fs/cifs/", "fs/smb/client/"),
    ("fs/smbfs_common/", "fs/smb/common/"),
    ("drivers/net/wireless/mwifiex/", "drivers/net/wireless/marvell/mwifiex/"),
    ("drivers/net/wireless/brcm80211/", "drivers/net/wireless/broadcom/brcm80211/"),
    ("drivers/net/wireless/iwlwifi/", "drivers/net/wireless/intel/iwlwifi/"),
    ("drivers/net/wireless/rtlwifi/", "drivers/net/wireless/realtek/rtlwifi/"),
    ("drivers/net/wireless/libertas/", "drivers/net/wireless/marvell/libertas/"),
    ("fs/io_uring.c", "io_uring/io_uring.c"),
    ("fs/io-wq.c", "io_uring/io-wq.c"),
];

/// The path itself, then its other names.
pub fn names(path: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let others = RENAMED.iter().flat_map(move |(old, new)| [other(path, old, new), other(path, new, old)]);
    std::iter::once(Cow::Borrowed(path)).chain(others.flatten().map(Cow::Owned))
}

/// The folder itself, then its other names; folders are written without the closing `/`.
pub fn folder_names(folder: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let others = RENAMED.iter().flat_map(move |(old, new)| {
        let slashed = format!("{folder}/");
        let trim = |name: String| name.trim_end_matches('/').to_owned();
        [other(&slashed, old, new).map(trim), other(&slashed, new, old).map(trim)]
    });
    std::iter::once(Cow::Borrowed(folder)).chain(others.flatten().map(Cow::Owned))
}

fn other(path: &str, from: &str, to: &str) -> Option<String> {
    path.strip_prefix(from).map(|rest| format!("{to}{rest}"))
}
