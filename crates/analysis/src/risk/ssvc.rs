//! SSVC and BOD 26-04: further outcomes of the same inputs, shown beside the class.
