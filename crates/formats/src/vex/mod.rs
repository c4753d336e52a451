//! VEX documents: statements read from and written to OpenVEX, CycloneDX and SPDX 3 (assessment.md 4.2).
