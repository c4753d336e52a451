//! Bars: lengths in thousandths of the width, so that one drawing fits a wide screen, a telephone and paper. The numbers
//! stand beside them as text; a bar alone says nothing.

use model::assessment::ResponseClass;

/// The whole width.
const WHOLE: usize = 1000;

/// The least width at which a piece can be seen.
const LEAST: usize = 4;

/// One piece of a bar.
pub struct Piece {
    /// Its face: a class of the style.
    pub face: &'static str,
    /// Where it begins.
    pub x: usize,
    /// How long it is.
    pub width: usize,
}

/// The pieces of a bar of which `whole` would fill the width. What is there is always seen, however small.
pub fn pieces(parts: &[(&'static str, usize)], whole: usize) -> Vec<Piece> {
    let mut x = 0;
    let mut pieces = Vec::new();
    for (face, number) in parts.iter().filter(|(_, number)| *number > 0) {
        let width = (number * WHOLE / whole.max(1)).max(LEAST).min(WHOLE.saturating_sub(x));
        pieces.push(Piece { face, x, width });
        x += width;
    }
    pieces
}

/// How many findings of each class there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// Needs action now.
    pub immediate: usize,
    /// Needs a date.
    pub planned: usize,
    /// With the next regular release.
    pub routine: usize,
    /// Harmless in the deployment.
    pub none: usize,
    /// Open, and not assessed.
    pub other: usize,
}

impl Classes {
    /// Counts one more.
    pub fn add(&mut self, class: Option<ResponseClass>) {
        let number = match class {
            Some(ResponseClass::Immediate) => &mut self.immediate,
            Some(ResponseClass::Planned) => &mut self.planned,
            Some(ResponseClass::Routine) => &mut self.routine,
            Some(ResponseClass::None) => &mut self.none,
            None => &mut self.other,
        };
        *number += 1;
    }

    /// Both together.
    pub fn plus(self, other: Classes) -> Classes {
        Classes {
            immediate: self.immediate + other.immediate,
            planned: self.planned + other.planned,
            routine: self.routine + other.routine,
            none: self.none + other.none,
            other: self.other + other.other,
        }
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.immediate + self.planned + self.routine + self.none + self.other
    }

    /// Face, word and number of each class, the worst first.
    pub fn parts(&self) -> [(&'static str, &'static str, usize); 5] {
        [
            ("immediate", "immediate", self.immediate),
            ("planned", "planned", self.planned),
            ("routine", "routine", self.routine),
            ("none", "none", self.none),
            ("unknown", "not assessed", self.other),
        ]
    }

    /// The bar.
    pub fn bar(&self, whole: usize) -> Vec<Piece> {
        pieces(&self.parts().map(|(face, _, number)| (face, number)), whole)
    }
}

/// The face of a class.
pub fn face(class: Option<ResponseClass>) -> &'static str {
    class.map_or("unknown", ResponseClass::word)
}

/// One row of a chart.
pub struct Row {
    /// What it counts.
    pub label: String,
    /// The numbers.
    pub classes: Classes,
    /// The drawing.
    pub bar: Vec<Piece>,
}

/// Rows drawn to the same scale.
pub fn rows(counted: Vec<(String, Classes)>) -> Vec<Row> {
    let whole = counted.iter().map(|(_, classes)| classes.all()).max().unwrap_or_default();
    counted.into_iter().map(|(label, classes)| Row { label, bar: classes.bar(whole), classes }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fill_the_width_and_small_ones_are_seen() {
        let drawn = pieces(&[("a", 999), ("b", 1)], 1000);
        assert_eq!((drawn[0].x, drawn[0].width), (0, 999));
        assert_eq!((drawn[1].x, drawn[1].width), (999, 1), "no piece leaves the drawing");
        let small = pieces(&[("a", 1)], 20_000);
        assert_eq!(small[0].width, LEAST);
        assert!(pieces(&[("a", 0)], 0).is_empty());
    }
}
