//! Words for platforms as records write them: `platforms[]` of CVE claims, `target_sw` and `target_hw` of CPE.

/// An operating system, as far as it matters for exclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux of any make.
    Linux,
    /// Microsoft Windows.
    Windows,
    /// macOS, iOS and their kin.
    Apple,
    /// Android.
    Android,
    /// FreeBSD, OpenBSD, NetBSD, DragonFly.
    Bsd,
    /// AIX, HP-UX, Solaris, z/OS, VMS.
    OtherUnix,
    /// A system for small devices: Zephyr, FreeRTOS, NuttX, VxWorks, …
    Rtos,
    /// A trusted execution environment beside a main system.
    Tee,
}

/// What a platform word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// An operating system.
    Os(Os),
    /// Any Unix, Linux among them.
    AnyUnix,
    /// An architecture, by the name of [`arch_family`].
    Arch(&'static str),
    /// `x64`: written for x86_64, and by old records for every 64-bit machine.
    X64,
    /// 32 or 64 bits.
    Bits(u8),
    /// A byte order: `little` or `big`.
    Endian(&'static str),
    /// Everything (`all`, `any`).
    Any,
}

/// Reads a platform word; `None` = no condition that can be evaluated (`C`, `Docker`, `MX Series`).
pub fn read_word(text: &str) -> Option<Word> {
    let text = text.trim().to_ascii_lowercase();
    let flat: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if let Some(os) = os_of(&flat) {
        return Some(Word::Os(os));
    }
    Some(match flat.as_str() {
        "all" | "any" | "allplatforms" | "crossplatform" | "multiplatform" => Word::Any,
        "unix" | "posix" | "unixlike" => Word::AnyUnix,
        "x64" | "x64basedsystems" => Word::X64,
        "64bit" | "64bits" | "64bitsystems" | "64" => Word::Bits(64),
        "32bit" | "32bits" | "32bitsystems" | "32" => Word::Bits(32),
        "bigendian" | "bigendiansystems" | "bigendianarchitectures" => Word::Endian("big"),
        "littleendian" | "littleendiansystems" | "littleendianarchitectures" => Word::Endian("little"),
        other => Word::Arch(arch_family(other)?),
    })
}

/// The operating system of a word without punctuation, in lower case.
fn os_of(flat: &str) -> Option<Os> {
    const EXACT: &[(&str, Os)] = &[
        ("linuxkernel", Os::Linux),
        ("gnulinux", Os::Linux),
        ("embeddedlinux", Os::Linux),
        ("universalwindowsplatform", Os::Windows),
        ("microsoftwindows", Os::Windows),
        ("win32", Os::Windows),
        ("win64", Os::Windows),
        ("mac", Os::Apple),
        ("osx", Os::Apple),
        ("ios", Os::Apple),
        ("ipados", Os::Apple),
        ("iphoneos", Os::Apple),
        ("iphone", Os::Apple),
        ("tvos", Os::Apple),
        ("watchos", Os::Apple),
        ("visionos", Os::Apple),
        ("bsd", Os::Bsd),
        ("dragonflybsd", Os::Bsd),
        ("aix", Os::OtherUnix),
        ("hpux", Os::OtherUnix),
        ("sunos", Os::OtherUnix),
        ("zos", Os::OtherUnix),
        ("openvms", Os::OtherUnix),
        ("rtos", Os::Rtos),
        ("zephyr", Os::Rtos),
        ("freertos", Os::Rtos),
        ("nuttx", Os::Rtos),
        ("threadx", Os::Rtos),
        ("vxworks", Os::Rtos),
        ("qnx", Os::Rtos),
        ("riotos", Os::Rtos),
        ("contiki", Os::Rtos),
        ("optee", Os::Tee),
        ("opteeos", Os::Tee),
    ];
    const PREFIX: &[(&str, Os)] = &[
        ("windows", Os::Windows),
        ("macos", Os::Apple),
        ("applemac", Os::Apple),
        ("android", Os::Android),
        ("freebsd", Os::Bsd),
        ("openbsd", Os::Bsd),
        ("netbsd", Os::Bsd),
        ("solaris", Os::OtherUnix),
        ("linux", Os::Linux),
    ];
    let exact = EXACT.iter().find(|(word, _)| *word == flat);
    exact.or_else(|| PREFIX.iter().find(|(word, _)| flat.starts_with(word))).map(|(_, os)| *os)
}

/// The family of an architecture name; 32- and 64-bit members are told apart where their names are.
pub fn arch_family(flat: &str) -> Option<&'static str> {
    Some(match flat {
        "x8664" | "amd64" | "intel64" | "em64t" => "x86_64",
        "x86" | "i386" | "i486" | "i586" | "i686" | "ia32" => "x86",
        "arm64" | "aarch64" | "armv8" | "arm64basedsystems" => "arm64",
        "arm" | "armhf" | "armel" | "armv5" | "armv6" | "armv7" | "armv7l" | "armv7a" => "arm",
        "powerpc" | "ppc" | "ppc32" | "ppc64" | "ppc64le" | "powerpc64" => "powerpc",
        "mips" | "mipsel" | "mips64" | "mips64el" | "mips32" => "mips",
        "riscv" | "riscv32" | "riscv64" => "riscv",
        "itanium" | "ia64" | "ia64basedsystems" => "ia64",
        "sparc" | "sparc64" => "sparc",
        "s390" | "s390x" => "s390",
        "loongarch" | "loongarch64" => "loongarch",
        "xtensa" => "xtensa",
        "alpha" => "alpha",
        "parisc" | "hppa" => "parisc",
        _ => return None,
    })
}

/// The bits of an architecture name, 0 when its name does not tell.
pub fn arch_bits(flat: &str) -> u8 {
    match flat {
        "x8664" | "amd64" | "intel64" | "em64t" | "arm64" | "aarch64" | "ppc64" | "ppc64le" | "mips64"
        | "mips64el" | "riscv64" | "ia64" | "sparc64" | "s390x" | "loongarch64" | "powerpc64" => 64,
        "x86" | "i386" | "i486" | "i586" | "i686" | "ia32" | "arm" | "armhf" | "armel" | "armv5"
        | "armv6" | "armv7" | "armv7l" | "armv7a" | "ppc32" | "mips32" | "riscv32" => 32,
        _ => 0,
    }
}
