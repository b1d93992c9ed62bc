//! Line charts as SVG, for figures that a table cannot show.

use std::fmt::Write as _;

/// The size of a chart, in pixels.
const SIZE: (f64, f64) = (860.0, 320.0);

/// Left, right, top and bottom of the area with the lines.
const AREA: (f64, f64, f64, f64) = (70.0, 840.0, 44.0, 270.0);

/// Colours that stay apart for those who see few of them (Okabe and Ito), in the order of the lines.
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

/// A chart of lines that share both axes.
pub(crate) struct Chart<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
    pub(crate) lines: &'a [Line<'a>],
}

/// One line: its name, and its points with rising x.
pub(crate) struct Line<'a> {
    pub(crate) name: &'a str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Chart<'_> {
    /// The chart as an SVG document that needs nothing else.
    pub(crate) fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let (step_x, last_x) = axis(points().map(|p| p.0).fold(0.0, f64::max));
        let (step_y, last_y) = axis(points().map(|p| p.1).fold(0.0, f64::max));
        let (left, right, top, bottom) = AREA;
        let at = |(x, y): (f64, f64)| (left + x / last_x * (right - left), bottom - y / last_y * (bottom - top));
        let (width, height) = SIZE;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
             <text x=\"{left}\" y=\"20\" font-size=\"15\">{}</text>\n",
            escaped(self.title)
        );
        for (x, anchor) in ticks(step_x, last_x).map(|x| (x, at((x, 0.0)).0)) {
            let _ = writeln!(
                svg,
                "<text x=\"{anchor:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                bottom + 16.0,
                label(x)
            );
        }
        for (y, anchor) in ticks(step_y, last_y).map(|y| (y, at((0.0, y)).1)) {
            let _ = writeln!(
                svg,
                "<path d=\"M{left} {anchor:.1}H{right}\" stroke=\"#ddd\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 6.0,
                anchor + 4.0,
                label(y)
            );
        }
        let (middle, foot) = ((left + right) / 2.0, bottom + 36.0);
        let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{foot}\" text-anchor=\"middle\">{}</text>", escaped(self.x));
        let _ = writeln!(
            svg,
            "<text transform=\"translate(16 160) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            escaped(self.y)
        );
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let path: Vec<_> = line.points.iter().map(|p| at(*p)).map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
            let _ =
                writeln!(svg, "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", path.join("L"));
        }
        let mut x = left;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let _ = writeln!(
                svg,
                "<path d=\"M{x} 34h16\" stroke=\"{colour}\" stroke-width=\"3\"/><text x=\"{}\" y=\"38\">{}</text>",
                x + 20.0,
                escaped(line.name)
            );
            x += 46.0 + 7.0 * line.name.chars().count() as f64;
        }
        svg + "</svg>\n"
    }
}

/// A round distance of ticks, and the last of them, so that about six reach up to `most`.
fn axis(most: f64) -> (f64, f64) {
    let rough = (most / 6.0).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
    let step = if most > 0.0 { step.unwrap_or(rough) } else { 1.0 };
    (step, step * (most / step).ceil().max(1.0))
}

fn ticks(step: f64, last: f64) -> impl Iterator<Item = f64> {
    (0..).map(move |n| f64::from(n) * step).take_while(move |tick| *tick <= last + step / 2.0)
}

fn label(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers_that_hold_everything() {
        for (most, step, last) in
            [(0.0, 1.0, 1.0), (1.0, 0.2, 1.0), (333.0, 100.0, 400.0), (9_999.0, 2_000.0, 10_000.0)]
        {
            let (got_step, got_last) = axis(most);
            assert!((got_step - step).abs() < 1e-9 && (got_last - last).abs() < 1e-9, "{most}: {got_step} {got_last}");
        }
    }

    #[test]
    fn a_chart_has_its_lines_inside_its_area() {
        let lines = [Line { name: "a < b", points: vec![(0.0, 0.0), (10.0, 50.0)] }];
        let svg = Chart { title: "T & U", x: "s", y: "n", lines: &lines }.svg();
        assert!(svg.contains("M70.0 270.0L840.0 44.0"), "{svg}");
        assert!(svg.contains("a &lt; b") && svg.contains("T &amp; U"));
    }
}
