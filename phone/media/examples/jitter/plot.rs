//! Plots of the jitter buffer against fixed waits.

use std::fmt::Write;

use super::network::{DELAYS, Heard, Network, adaptive, fixed, lost};

/// Size of a plot, and what it shows at most: milliseconds and per cent.
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 150.0;
const LONGEST: f64 = 200.0;
const MOST: f64 = 15.0;

/// Size of a plot with its words.
const CELL: (f64, f64) = (380.0, 230.0);

/// All plots, two beside each other.
pub(crate) fn svg(networks: &[Network]) -> String {
    let height = CELL.1 * networks.len().div_ceil(2) as f64 + 30.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        CELL.0 * 2.0
    );
    for (number, network) in networks.iter().enumerate() {
        let (x, y) = ((number % 2) as f64 * CELL.0 + 50.0, (number / 2) as f64 * CELL.1 + 40.0);
        plot(&mut out, x, y, network);
    }
    let y = height - 12.0;
    let _ = writeln!(out, "<circle cx=\"60\" cy=\"{}\" r=\"5\" fill=\"#d33\"/>", y - 4.0);
    let _ = writeln!(out, "<text x=\"72\" y=\"{y}\">the phone's buffer, factory settings</text>");
    let _ = writeln!(out, "<path d=\"M330 {0}h30\" stroke=\"#369\" stroke-width=\"2\"/>", y - 4.0);
    let _ = writeln!(out, "<text x=\"366\" y=\"{y}\">fixed waits of 5 to 200 ms</text>");
    let _ = writeln!(out, "<path d=\"M550 {0}h30\" stroke=\"#999\" stroke-dasharray=\"4\"/>", y - 4.0);
    let _ = writeln!(out, "<text x=\"586\" y=\"{y}\">lost by the network</text>");
    out + "</svg>\n"
}

/// How much has to be made up, over how long voice waits.
fn plot(out: &mut String, x: f64, y: f64, network: &Network) {
    let place = |heard: Heard| {
        let right = x + heard.delay.min(LONGEST) / LONGEST * WIDTH;
        (right, y + HEIGHT - (heard.concealed * 100.0).min(MOST) / MOST * HEIGHT)
    };
    let _ = writeln!(out, "<text x=\"{x}\" y=\"{}\" font-weight=\"bold\">{}</text>", y - 12.0, network.name);
    let _ = writeln!(out, "<path d=\"M{x} {y}v{HEIGHT}h{WIDTH}\" fill=\"none\" stroke=\"#000\"/>");
    for step in 0..=4 {
        let delay = f64::from(step) * LONGEST / 4.0;
        let at = x + delay / LONGEST * WIDTH;
        let _ = writeln!(out, "<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{delay}</text>", y + HEIGHT + 15.0);
    }
    for percent in [0.0, 5.0, 10.0, 15.0] {
        let at = y + HEIGHT - percent / MOST * HEIGHT;
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{percent} %</text>", x - 5.0, at + 4.0);
    }
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">wait in ms, and share made up</text>",
        x + WIDTH,
        y + 10.0
    );
    let level = y + HEIGHT - lost(network) * 100.0 / MOST * HEIGHT;
    let _ = writeln!(out, "<path d=\"M{x} {level:.1}h{WIDTH}\" stroke=\"#999\" stroke-dasharray=\"4\"/>");
    let points = (1..=40).map(|step| place(fixed(network, f64::from(step) * 5.0)));
    let points: Vec<_> = points.map(|(right, up)| format!("{right:.1},{up:.1}")).collect();
    let _ =
        writeln!(out, "<polyline points=\"{}\" fill=\"none\" stroke=\"#369\" stroke-width=\"2\"/>", points.join(" "));
    let (right, up) = place(adaptive(network, DELAYS).0);
    let _ = writeln!(out, "<circle cx=\"{right:.1}\" cy=\"{up:.1}\" r=\"5\" fill=\"#d33\"/>");
}
