//! What the build proves beyond the SBOM. One judge per file, one visible list here.
