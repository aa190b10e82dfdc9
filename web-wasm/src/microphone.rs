//! The microphone: opened unprocessed at the device's own rate, heard through an AudioWorklet.

use crate::dom;
use crate::microphone_error::MicrophoneError;
use js_sys::{Array, Float32Array, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioContext, AudioWorkletNode, AudioWorkletNodeOptions, ChannelCountMode, MediaDeviceInfo, MediaDeviceKind,
    MediaDevices, MediaStream, MediaStreamAudioSourceNode, MediaStreamConstraints, MediaStreamTrack,
    MediaTrackConstraints, MessageEvent,
};
use wire::CaptureSettings;

/// `resume()` of a context that the browser does not let run never settles.
const RESUME_TIMEOUT_MS: u32 = 2_000;

/// What comes from an open microphone.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// Mono samples, nominally -1..1, at [`Microphone::rate_hz`].
    Samples(Vec<f32>),
    /// The last samples since [`Microphone::stop`] have come.
    Stopped,
    /// The microphone is gone.
    Lost(MicrophoneError),
}

/// A handler that must live as long as its target may call it.
type Listener = Closure<dyn FnMut(JsValue)>;

/// An open microphone. It stays open between takes, so that no start-up is cut off, and is
/// released on drop.
pub struct Microphone {
    context: AudioContext,
    track: MediaStreamTrack,
    node: AudioWorkletNode,
    // A source that is collected goes silent.
    _source: MediaStreamAudioSourceNode,
    settings: CaptureSettings,
    _listeners: [Listener; 3],
}

impl Microphone {
    /// Opens the microphone with the id `device`, or the browser's choice where that is not
    /// connected. `context` must have been made in a click or key handler, or the browser will
    /// not let it run; its rate is the device's. `worklet` is the address of its script.
    ///
    /// # Errors
    /// When the browser, the system or the person gives no microphone.
    pub async fn open(
        context: AudioContext,
        worklet: &str,
        device: Option<&str>,
        heard: impl Fn(Sound) + 'static,
    ) -> Result<Microphone, MicrophoneError> {
        let opened = connect(&context, worklet, device, Rc::new(heard)).await;
        if opened.is_err() {
            context.close().ok();
        }
        opened
    }

    /// Begins to hand out samples.
    pub fn start(&self) {
        self.tell("start");
    }

    /// Ends with the samples up to now, then [`Sound::Stopped`].
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// The rate of the samples.
    pub fn rate_hz(&self) -> u32 {
        self.context.sample_rate().round() as u32
    }

    /// What the browser granted, which may differ from what was asked.
    pub fn settings(&self) -> &CaptureSettings {
        &self.settings
    }

    /// Its name, as the system calls it.
    pub fn name(&self) -> String {
        self.track.label()
    }

    fn tell(&self, order: &str) {
        if let Ok(port) = self.node.port() {
            port.post_message(&JsValue::from_str(order)).ok();
        }
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        if let Ok(port) = self.node.port() {
            port.set_onmessage(None);
        }
        self.track.set_onended(None);
        self.context.set_onstatechange(None);
        self.track.stop();
        self.context.close().ok();
    }
}

async fn connect(
    context: &AudioContext,
    worklet: &str,
    device: Option<&str>,
    heard: Rc<dyn Fn(Sound)>,
) -> Result<Microphone, MicrophoneError> {
    let other = |error: JsValue| MicrophoneError::Other(dom::error_text(&error));
    let track_of = |stream: &MediaStream| stream.get_audio_tracks().get(0).dyn_into().ok();
    let stream = match ask(device).await {
        Err(MicrophoneError::Missing) if device.is_some() => ask(None).await?,
        asked => asked?,
    };
    let track: MediaStreamTrack = track_of(&stream).ok_or(MicrophoneError::Missing)?;
    let built = async {
        let module = context.audio_worklet().and_then(|w| w.add_module(worklet));
        JsFuture::from(module.map_err(other)?).await.map_err(other)?;
        run(context).await?;
        let options = AudioWorkletNodeOptions::new();
        options.set_number_of_inputs(1);
        options.set_number_of_outputs(0);
        options.set_channel_count(1);
        options.set_channel_count_mode(ChannelCountMode::Explicit);
        let node = AudioWorkletNode::new_with_options(context, "capture", &options);
        let node = node.map_err(other)?;
        let source = context.create_media_stream_source(&stream).map_err(other)?;
        source.connect_with_audio_node(&node).map_err(other)?;
        let listeners = listen(context, &track, &node, heard).map_err(other)?;
        Ok((node, source, listeners))
    };
    match built.await {
        Ok((node, source, listeners)) => Ok(Microphone {
            settings: granted(&track, context),
            context: context.clone(),
            track,
            node,
            _source: source,
            _listeners: listeners,
        }),
        Err(error) => {
            track.stop();
            Err(error)
        }
    }
}

/// Asks for the microphone without processing: echo cancellation, noise suppression and gain
/// control all change what a wake-word model would hear.
async fn ask(device: Option<&str>) -> Result<MediaStream, MicrophoneError> {
    let devices = devices().ok_or(MicrophoneError::Insecure)?;
    let audio = MediaTrackConstraints::new();
    audio.set_echo_cancellation_bool(false);
    audio.set_noise_suppression_bool(false);
    audio.set_auto_gain_control_bool(false);
    if let Some(device) = device {
        let exact = Object::new();
        Reflect::set(&exact, &"exact".into(), &device.into()).ok();
        Reflect::set(&audio, &"deviceId".into(), &exact).ok();
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&audio);
    let stream = devices.get_user_media_with_constraints(&constraints);
    let stream = stream.map_err(|error| MicrophoneError::of(&error))?;
    let stream = JsFuture::from(stream).await;
    let stream = stream.map_err(|error| MicrophoneError::of(&error))?;
    Ok(stream.unchecked_into())
}

/// `navigator.mediaDevices`, which an insecure page does not have.
pub fn devices() -> Option<MediaDevices> {
    let devices = dom::property(&dom::window().navigator(), "mediaDevices");
    (!devices.is_undefined()).then(|| devices.unchecked_into())
}

/// Id and name of every microphone. Before the person has allowed one, browsers give no names,
/// and then there are none to choose from.
pub async fn list() -> Vec<(String, String)> {
    let Some(Ok(promise)) = devices().map(|devices| devices.enumerate_devices()) else {
        return Vec::new();
    };
    let all = JsFuture::from(promise).await.unwrap_or_default();
    Array::from(&all)
        .iter()
        .map(|device| device.unchecked_into::<MediaDeviceInfo>())
        // The entry "default" repeats one of the others.
        .filter(|device| device.kind() == MediaDeviceKind::Audioinput && device.device_id() != "default")
        .map(|device| (device.device_id(), device.label()))
        .filter(|(id, name)| !id.is_empty() && !name.is_empty())
        .collect()
}

/// Makes sure that the context runs.
async fn run(context: &AudioContext) -> Result<(), MicrophoneError> {
    if state(context) == "running" {
        return Ok(());
    }
    let resumed = context.resume().map_err(|_| MicrophoneError::Interrupted)?;
    let timeout = Promise::new(&mut |resolve, _| {
        dom::after(RESUME_TIMEOUT_MS, move || {
            resolve.call0(&JsValue::UNDEFINED).ok();
        });
    });
    let either = Array::of2(&resumed, &timeout);
    JsFuture::from(Promise::race(&either)).await.ok();
    match state(context).as_str() {
        "running" => Ok(()),
        _ => Err(MicrophoneError::Interrupted),
    }
}

/// `AudioContext.state` as text: Safari's `interrupted` is in no `web-sys` enumeration.
fn state(context: &AudioContext) -> String {
    dom::property(context, "state").as_string().unwrap_or_default()
}

fn listen(
    context: &AudioContext,
    track: &MediaStreamTrack,
    node: &AudioWorkletNode,
    heard: Rc<dyn Fn(Sound)>,
) -> Result<[Listener; 3], JsValue> {
    let tell = Rc::clone(&heard);
    let message = Listener::new(move |event: JsValue| {
        let data = event.unchecked_into::<MessageEvent>().data();
        tell(match data.dyn_into::<Float32Array>() {
            Ok(samples) => Sound::Samples(samples.to_vec()),
            Err(_) => Sound::Stopped,
        });
    });
    node.port()?.set_onmessage(Some(message.as_ref().unchecked_ref()));
    let tell = Rc::clone(&heard);
    let ended = Listener::new(move |_| {
        tell(Sound::Lost(MicrophoneError::Ended));
    });
    track.set_onended(Some(ended.as_ref().unchecked_ref()));
    let watched = context.clone();
    let changed = Listener::new(move |_| {
        // Neither state heals by resume() on iOS: the page opens a new context instead.
        if state(&watched) != "running" {
            heard(Sound::Lost(MicrophoneError::Interrupted));
        }
    });
    context.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
    Ok([message, ended, changed])
}

fn granted(track: &MediaStreamTrack, context: &AudioContext) -> CaptureSettings {
    let settings = track.get_settings();
    // Read by name: Safari leaves some of them out, and rates need not be integers.
    let number = |name: &str| dom::property(&settings, name).as_f64();
    let flag = |name: &str| dom::property(&settings, name).as_bool();
    CaptureSettings {
        echo_cancellation: flag("echoCancellation"),
        noise_suppression: flag("noiseSuppression"),
        auto_gain_control: flag("autoGainControl"),
        sample_rate_hz: number("sampleRate").map(|hz| hz.round() as u32),
        context_rate_hz: Some(context.sample_rate().round() as u32),
        channel_count: number("channelCount").map(|count| count as u32),
    }
}

/// An audio context made while the browser still sees the person's click: made any later, some
/// browsers never let it run.
#[derive(Default)]
pub struct WarmContext {
    wanted: Cell<bool>,
    context: RefCell<Option<AudioContext>>,
}

impl WarmContext {
    /// Says whether the next click should make a context: only while no microphone is open.
    pub fn want(&self, wanted: bool) {
        self.wanted.set(wanted);
    }

    /// To be called first thing in a click handler.
    pub fn clicked(&self) {
        if self.wanted.get() {
            self.make();
        }
    }

    /// Makes a context, unless there is one; to be called first thing in any other handler.
    pub fn make(&self) {
        if self.context.borrow().is_none() {
            self.context.replace(AudioContext::new().ok());
        }
    }

    /// Hands over the context of the last click.
    pub fn take(&self) -> Option<AudioContext> {
        self.context.take()
    }
}
