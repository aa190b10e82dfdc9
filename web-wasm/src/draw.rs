//! Draws waveforms and spectrograms on canvases, in the page's own colours.

use crate::dom;
use audio::mel::Features;
use audio::view::{envelope, heat};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A canvas fitted to its place on the page.
struct Board {
    pen: CanvasRenderingContext2d,
    width: f64,
    height: f64,
}

/// Empties a canvas.
pub fn clear(canvas: &HtmlCanvasElement) {
    fit(canvas);
}

/// A whole take.
pub fn waveform(canvas: &HtmlCanvasElement, samples: &[f32]) {
    let Some(board) = fit(canvas) else { return };
    columns(&board, &envelope(samples, board.width as usize), board.width as usize);
}

/// A take so far: one column for each chunk, of `total` that fit into the longest take.
pub fn live(canvas: &HtmlCanvasElement, chunks: &[(f32, f32)], total: usize) {
    let Some(board) = fit(canvas) else { return };
    columns(&board, chunks, total);
}

/// Features on the time axis of the `length_ms` that they are of: time to the right, the first
/// row at the bottom, brighter is more.
pub fn heat_map(canvas: &HtmlCanvasElement, features: &Features, length_ms: u32) {
    let Some(board) = fit(canvas) else { return };
    let (rows, frames) = (features.rows, features.frames);
    if rows == 0 || frames == 0 {
        return;
    }
    let heat = heat(features);
    let mut pixels = Vec::with_capacity(rows * frames * 4);
    for row in (0..rows).rev() {
        for frame in 0..frames {
            pixels.extend(colour(heat[row * frames + frame]));
        }
    }
    let image = ImageData::new_with_u8_clamped_array(Clamped(&pixels), frames as u32);
    let small: Result<HtmlCanvasElement, _> = match dom::document().create_element("canvas") {
        Ok(element) => element.dyn_into(),
        Err(_) => return,
    };
    let (Ok(image), Ok(small)) = (image, small) else {
        return;
    };
    small.set_width(frames as u32);
    small.set_height(rows as u32);
    if let Some(pen) = pen(&small) {
        pen.put_image_data(&image, 0.0, 0.0).ok();
    }
    // A frame stands for the 10 ms in the middle of its 32.
    let per_ms = board.width / f64::from(length_ms.max(1));
    let (left, width) = (11.0 * per_ms, 10.0 * frames as f64 * per_ms);
    board.pen.draw_image_with_html_canvas_element_and_dw_and_dh(&small, left, 0.0, width, board.height).ok();
}

/// Gives the canvas as many pixels as it covers on this screen, and empties it.
fn fit(canvas: &HtmlCanvasElement) -> Option<Board> {
    let ratio = dom::window().device_pixel_ratio().max(1.0);
    let width = (f64::from(canvas.client_width()) * ratio).round().max(1.0);
    let height = (f64::from(canvas.client_height()) * ratio).round().max(1.0);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let pen = pen(canvas)?;
    let style = dom::window().get_computed_style(canvas).ok().flatten();
    let ink = style.and_then(|style| style.get_property_value("color").ok());
    pen.set_fill_style_str(&ink.unwrap_or_default());
    Some(Board { pen, width, height })
}

fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

fn columns(board: &Board, values: &[(f32, f32)], total: usize) {
    let middle = board.height / 2.0;
    let step = board.width / total.max(1) as f64;
    for (i, (low, high)) in values.iter().enumerate() {
        let top = middle * (1.0 - f64::from(high.clamp(-1.0, 1.0)));
        let bottom = middle * (1.0 - f64::from(low.clamp(-1.0, 1.0)));
        let height = (bottom - top).max(1.0);
        board.pen.fill_rect(i as f64 * step, top, step.max(1.0), height);
    }
}

/// Dark blue over violet and orange to light yellow; lightness rises all the way, so that the
/// picture also reads in grey and with colour-blind eyes.
fn colour(heat: u8) -> [u8; 4] {
    const STOPS: [[f32; 3]; 5] =
        [[13.0, 12.0, 38.0], [86.0, 28.0, 109.0], [187.0, 55.0, 84.0], [249.0, 142.0, 9.0], [252.0, 255.0, 190.0]];
    let place = f32::from(heat) / 255.0 * (STOPS.len() - 1) as f32;
    let lower = (place as usize).min(STOPS.len() - 2);
    let share = place - lower as f32;
    let mix = |i: usize| (STOPS[lower][i] * (1.0 - share) + STOPS[lower + 1][i] * share) as u8;
    [mix(0), mix(1), mix(2), 255]
}

#[cfg(test)]
mod tests {
    use super::colour;

    #[test]
    fn louder_is_lighter() {
        let lightness = |heat: u8| {
            let [r, g, b, _] = colour(heat).map(f32::from);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let all: Vec<f32> = (0..=255).map(lightness).collect();
        // Rounding to whole colour steps may take back a little.
        assert!(all.windows(2).all(|pair| pair[1] >= pair[0] - 1.5));
        assert!(all[255] > 240.0 && all[0] < 20.0);
    }
}
