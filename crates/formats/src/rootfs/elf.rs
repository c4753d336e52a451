//! ELF files: for which machine, under which name, linked with what, and what their builds wrote into them. Section
//! headers may be gone (small systems strip them): what a loader needs is read from the program headers.

use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader};
use object::{Endian, Endianness, elf};

use super::schema::{PackageNote, Program};
use super::{auditable, go};

/// Sections, segments and dynamic entries that are looked at; no linker makes so many.
const MOST: usize = 20_000;
/// Bytes of a name of a library.
const NAME: usize = 512;
/// Names of libraries that one file needs.
const NEEDED: usize = 1_000;
/// Bytes of a `.note.package`.
const NOTE: usize = 16 << 10;

/// True for an ELF file.
pub fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(&elf::ELFMAG)
}

/// Reads what an ELF file says of itself; `None` with a reason where its header cannot be read.
pub fn read(path: &str, bytes: &[u8]) -> Result<Program, String> {
    let class = bytes.get(4).copied().unwrap_or_default();
    let read = match class {
        1 => of_class::<elf::FileHeader32<Endianness>>(bytes),
        2 => of_class::<elf::FileHeader64<Endianness>>(bytes),
        _ => return Err(format!("an ELF file of class {class}")),
    };
    read.map(|program| Program { path: path.to_owned(), ..program })
        .map_err(|error| format!("the ELF header cannot be read: {error}"))
}

fn of_class<H: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> object::read::Result<Program> {
    let header = H::parse(bytes)?;
    let endian = header.endian()?;
    let bits = if header.is_class_64() { 64 } else { 32 };
    let mut program = Program {
        machine: machine(header.e_machine(endian).0, bits),
        bits,
        big_endian: endian.is_big_endian(),
        ..Program::default()
    };
    let segments = header.program_headers(endian, bytes).unwrap_or_default();
    let segments = segments.get(..segments.len().min(MOST)).unwrap_or_default();
    let view = View { endian, bytes, segments };
    view.dynamic(&mut program);
    for segment in segments {
        if let Ok(Some(notes)) = segment.notes(endian, bytes) {
            take_notes::<H>(notes, endian, &mut program);
        }
    }
    take_sections(header, endian, bytes, &mut program);
    program.go = go::read(bytes, endian.is_big_endian(), &|address| view.at(address));
    Ok(program)
}

struct View<'d, P> {
    endian: Endianness,
    bytes: &'d [u8],
    segments: &'d [P],
}

impl<'d, P: ProgramHeader<Endian = Endianness>> View<'d, P> {
    /// The bytes of the file from the place that is loaded at an address.
    fn at(&self, address: u64) -> Option<&'d [u8]> {
        self.segments.iter().filter(|segment| segment.p_type(self.endian) == elf::PT_LOAD).find_map(
            |segment| {
                let start: u64 = segment.p_vaddr(self.endian).into();
                let size: u64 = segment.p_filesz(self.endian).into();
                let offset: u64 = segment.p_offset(self.endian).into();
                let within = address.checked_sub(start).filter(|within| *within < size)?;
                let from = usize::try_from(offset.checked_add(within)?).ok()?;
                let to = usize::try_from(offset.checked_add(size)?).ok()?.min(self.bytes.len());
                self.bytes.get(from..to)
            },
        )
    }

    fn dynamic(&self, program: &mut Program) {
        let tables =
            self.segments.iter().filter_map(|segment| segment.dynamic(self.endian, self.bytes).ok()?);
        let Some(entries) = tables.into_iter().next() else { return };
        let entries =
            || entries.iter().take(MOST).map(|entry| (entry.tag(self.endian), entry.val(self.endian)));
        let Some((_, strings)) = entries().find(|(tag, _)| *tag == elf::DT_STRTAB) else { return };
        let Some(strings) = self.at(strings) else { return };
        let name = |offset: u64| {
            let rest = strings.get(usize::try_from(offset).ok()?..)?;
            let rest = rest.get(..rest.len().min(NAME)).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == 0)?;
            let name = std::str::from_utf8(rest.get(..end)?).ok()?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        for (tag, value) in entries() {
            if tag == elf::DT_NULL || program.needs.len() >= NEEDED {
                break;
            } else if tag == elf::DT_NEEDED {
                program.needs.extend(name(value));
            } else if tag == elf::DT_SONAME {
                program.soname = name(value).unwrap_or_default();
            }
        }
        program.needs.sort();
        program.needs.dedup();
    }
}

fn take_notes<H: FileHeader<Endian = Endianness>>(
    mut notes: object::read::elf::NoteIterator<'_, H>,
    endian: Endianness,
    program: &mut Program,
) {
    let mut count = 0;
    while let Ok(Some(note)) = notes.next() {
        count += 1;
        if count > MOST {
            return;
        }
        match (note.name(), note.n_type(endian).0) {
            (b"GNU", 3) if program.build_id.is_empty() => program.build_id = hex(note.desc()),
            // The type that the packaging metadata of systemd's specification has.
            (b"FDO", 0xcafe_1a7e) if program.package.is_none() => program.package = package(note.desc()),
            _ => {}
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(64).map(|byte| format!("{byte:02x}")).collect()
}

fn package(bytes: &[u8]) -> Option<PackageNote> {
    let bytes = bytes.get(..bytes.len().min(NOTE))?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let note: PackageNote = serde_json::from_slice(bytes.get(..end)?).ok()?;
    (!note.name.is_empty() && !note.version.is_empty()).then_some(note)
}

fn take_sections<H: FileHeader<Endian = Endianness>>(
    header: &H,
    endian: Endianness,
    bytes: &[u8],
    program: &mut Program,
) {
    let Ok(sections) = header.sections(endian, bytes) else { return };
    for section in sections.iter().take(MOST) {
        if let Ok(Some(notes)) = section.notes(endian, bytes) {
            take_notes::<H>(notes, endian, program);
        }
        if sections.section_name(endian, section).is_ok_and(|name| name == auditable::SECTION.as_bytes())
            && let Ok(data) = section.data(endian, bytes)
        {
            program.crates = auditable::read(data).unwrap_or_default();
        }
    }
}

/// The machine in the words of `model::build::Platform`.
fn machine(machine: u16, bits: u8) -> String {
    let word = match (machine, bits) {
        (3, _) => "i386",
        (62, _) => "x86_64",
        (40, _) => "arm",
        (183, _) => "aarch64",
        (243, 64) => "riscv64",
        (243, _) => "riscv32",
        (8, 64) => "mips64",
        (8 | 10, _) => "mips",
        (20, _) => "powerpc",
        (21, _) => "powerpc64",
        (22, _) => "s390x",
        (258, _) => "loongarch64",
        (189, _) => "microblaze",
        (94, _) => "xtensa",
        (45 | 93 | 195 | 253, _) => "arc",
        (113, _) => "nios2",
        (42, _) => "sh4",
        (2, _) => "sparc",
        (43, _) => "sparc64",
        (247, _) => "bpf",
        _ => return format!("machine-{machine}"),
    };
    word.to_owned()
}
