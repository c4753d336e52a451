//! A throw-away PostgreSQL cluster for the tests, from Debian's package: on a Unix socket in a folder of its own, as a
//! user who is not root, gone when the tests are.

use std::path::{Path, PathBuf};

use crate::shell;

/// The variable by which the tests find the server.
pub const VARIABLE: &str = "PATCHWRIGHT_TEST_POSTGRES";

/// A running cluster. Dropped, it is stopped and removed.
pub struct Cluster {
    binaries: PathBuf,
    folder: PathBuf,
    user: Option<String>,
}

impl Cluster {
    /// Makes and starts a cluster; returns when it answers.
    pub fn start() -> Result<Cluster, String> {
        let binaries = binaries().ok_or("no initdb, neither below /usr/lib/postgresql nor on the path")?;
        // A short path: the name of a Unix socket may have 107 characters.
        let folder = PathBuf::from(format!("/tmp/patchwright-postgres-{}", std::process::id()));
        let user = if shell::is_root() { Some(somebody()?) } else { None };
        let cluster = Cluster { binaries, folder, user };
        let data = cluster.data();
        match &cluster.user {
            Some(user) => {
                shell::run(Path::new("/"), "install", &["-d", "-m", "700", "-o", user, &cluster.socket()])?
            }
            None => std::fs::create_dir(&cluster.folder)
                .map_err(|error| format!("{}: {error}", cluster.socket()))?,
        }
        cluster
            .call("initdb", &["-D", &data, "-A", "trust", "-U", "patchwright", "-E", "UTF8", "--no-sync"])?;
        // What is written is thrown away: no need to wait for the disk.
        let options =
            format!("-k {} -c listen_addresses= -c fsync=off -c full_page_writes=off", cluster.socket());
        let log = format!("{}/log", cluster.socket());
        cluster.call("pg_ctl", &["-D", &data, "-l", &log, "-o", &options, "-w", "start"])?;
        Ok(cluster)
    }

    /// The URL for [`VARIABLE`].
    pub fn url(&self) -> String {
        format!("postgres://patchwright@localhost/postgres?host={}", self.socket())
    }

    fn socket(&self) -> String {
        self.folder.display().to_string()
    }

    fn data(&self) -> String {
        format!("{}/data", self.socket())
    }

    /// Runs one of the cluster's programs as its user.
    fn call(&self, program: &str, words: &[&str]) -> Result<(), String> {
        let program = self.binaries.join(program).display().to_string();
        match &self.user {
            Some(user) => {
                let mut all = vec!["-u", user.as_str(), "--", program.as_str()];
                all.extend(words);
                shell::quietly(&self.folder, "runuser", &all)
            }
            None => shell::quietly(&self.folder, &program, words),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data();
        if let Err(why) = self.call("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]) {
            eprintln!("cannot stop the test server in {data}: {why}");
        }
        // What is left in /tmp harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest installed PostgreSQL's programs.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions
        .map(|version| version.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .map(|path| path.join("bin"))
        .or_else(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").exists()))
}

/// A user to run the server as: it refuses root.
fn somebody() -> Result<String, String> {
    ["postgres", "nobody"]
        .into_iter()
        .find(|user| shell::output(Path::new("/"), "id", &["-u", user]).is_ok())
        .map(str::to_owned)
        .ok_or_else(|| "no user to run it as: neither postgres nor nobody".to_owned())
}
