//! CVSS v2, 3.0, 3.1 and 4.0: scores computed from the vector.
