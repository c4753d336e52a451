//! What the reading of one image may take.

/// Limits of the child process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Memory in MiB, beyond what the program takes by itself.
    pub memory_mib: u64,
    /// Seconds of processor time.
    pub seconds: u64,
}

/// The variable of [`Bounds::memory_mib`].
pub const MEMORY: &str = "PATCHWRIGHT_IMAGE_MEMORY";
/// The variable of [`Bounds::seconds`].
pub const SECONDS: &str = "PATCHWRIGHT_IMAGE_SECONDS";

impl Default for Bounds {
    /// 2 GiB, and two minutes.
    fn default() -> Bounds {
        Bounds { memory_mib: 2048, seconds: 120 }
    }
}

impl Bounds {
    /// The usual ones, or what the environment says. A word that is no number above zero counts as not said.
    pub fn of_environment() -> Bounds {
        Bounds::of(&|name| std::env::var(name).ok())
    }

    fn of(environment: &dyn Fn(&str) -> Option<String>) -> Bounds {
        let number = |name| environment(name)?.trim().parse::<u64>().ok().filter(|number| *number > 0);
        let usual = Bounds::default();
        Bounds {
            memory_mib: number(MEMORY).unwrap_or(usual.memory_mib),
            seconds: number(SECONDS).unwrap_or(usual.seconds),
        }
    }

    /// Bytes of memory.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_mib.saturating_mul(1 << 20)
    }

    /// Seconds on the clock after which a child is stopped that neither works nor ends.
    pub fn patience(&self) -> u64 {
        self.seconds.saturating_mul(10)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, MEMORY};

    #[test]
    fn the_environment_says_numbers() {
        let of = |word: &'static str| {
            Bounds::of(&move |name| (name == MEMORY).then(|| word.to_owned())).memory_mib
        };
        assert_eq!(of("64"), 64);
        assert_eq!(of(" 64 "), 64);
        for word in ["", "0", "-1", "much"] {
            assert_eq!(of(word), 2048, "{word:?}");
        }
    }
}
