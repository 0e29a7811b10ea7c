use super::*;
use image::{Rgb, RgbImage, RgbaImage};
use img_parts::{ImageEXIF as _, jpeg::Jpeg, png::Png, webp::WebP};

const SECRET: &[u8] = b"52.5200 N 13.4050 E";

/// Red above, blue below: one sees which side is up.
fn flag(width: u32, height: u32) -> DynamicImage {
    DynamicImage::from(RgbImage::from_fn(width, height, |_, y| {
        if y < height / 2 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) }
    }))
}

/// That the picture is to be turned, and where it was taken.
fn exif(orientation: u8) -> Bytes {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(SECRET);
    exif.into()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Bytes {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner().into()
}

fn has_secret(file: &[u8]) -> bool {
    file.windows(SECRET.len()).any(|part| part == SECRET)
}

fn jpeg(orientation: u8) -> Bytes {
    let mut jpeg = Jpeg::from_bytes(encoded(&flag(40, 20), ImageFormat::Jpeg)).unwrap();
    jpeg.set_exif(Some(exif(orientation)));
    let mut file = jpeg.encoder().bytes().to_vec();
    // A film behind the picture, as telephones make it.
    file.extend(b"....ftypmp42");
    file.extend(SECRET);
    file.into()
}

fn prepared(kind: &str, file: Bytes) -> Prepared {
    prepare(kind, file, Limits::default()).unwrap_or_else(|unfit| panic!("{kind}: {unfit}"))
}

#[test]
fn a_picture_does_not_tell_where_it_was_taken() {
    let with = |format, kind: &str| {
        let file = encoded(&flag(40, 20), format);
        let file = match format {
            ImageFormat::Png => {
                let mut png = Png::from_bytes(file).unwrap();
                png.set_exif(Some(exif(1)));
                [&png.encoder().bytes()[..], SECRET].concat()
            }
            ImageFormat::WebP => {
                let mut webp = WebP::from_bytes(file).unwrap();
                webp.set_exif(Some(exif(1)));
                webp.encoder().bytes().to_vec()
            }
            _ => jpeg(1).to_vec(),
        };
        assert!(has_secret(&file), "{kind}");
        let prepared = prepared(kind, file.into());
        assert!(!has_secret(&prepared.file), "{kind}");
        let (before, after) =
            (flag(40, 20).to_rgb8(), image::load_from_memory(&prepared.file).unwrap().to_rgb8());
        assert_eq!(after.dimensions(), (40, 20), "{kind}");
        let near = |a: &Rgb<u8>, b: &Rgb<u8>| a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) < 12);
        assert!(near(before.get_pixel(3, 2), after.get_pixel(3, 2)), "{kind}");
    };
    with(ImageFormat::Jpeg, "image/jpeg");
    with(ImageFormat::Png, "image/png");
    with(ImageFormat::WebP, "image/webp");
}

#[test]
fn a_picture_that_lies_the_right_way_keeps_every_pixel() {
    let plain = encoded(&flag(40, 20), ImageFormat::Jpeg);
    let kept = prepared("image/jpeg", jpeg(1)).file;
    assert_eq!(kept, prepared("image/jpeg", plain).file);
}

#[test]
fn a_picture_that_lies_on_its_side_is_put_upright() {
    // 6: the top of the picture is on the right of the file.
    let prepared = prepared("image/jpeg", jpeg(6));
    assert_eq!((prepared.picture.width, prepared.picture.height), (20, 40));
    let seen = image::load_from_memory(&prepared.file).unwrap().to_rgb8();
    assert_eq!(seen.dimensions(), (20, 40));
    assert!(seen.get_pixel(17, 20)[0] > 200 && seen.get_pixel(2, 20)[2] > 200);
    assert!(!has_secret(&prepared.file));
}

#[test]
fn a_picture_is_small_as_well() {
    let prepared = prepared("image/png", encoded(&flag(1_200, 800), ImageFormat::Png));
    let small = image::load_from_memory(&prepared.thumbnail).unwrap();
    assert_eq!((small.width(), small.height()), (512, 341));
    let blurred = blurhash::decode(&prepared.picture.blurhash, 8, 8, 1.0).unwrap();
    assert!(blurred[0] > blurred[2] && blurred[blurred.len() - 4] < blurred[blurred.len() - 2]);
    // A small one is not blown up, and what one can see through stays so.
    let clear = DynamicImage::from(RgbaImage::new(3, 2));
    let prepared = super::prepare("image/png", encoded(&clear, ImageFormat::Png), Limits::default()).unwrap();
    let small = image::load_from_memory(&prepared.thumbnail).unwrap();
    assert!((small.width(), small.height()) == (3, 2) && small.color().has_alpha());
}

#[test]
fn a_film_of_pictures_goes_on_moving() {
    let mut file = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
        encoder.set_repeat(image::codecs::gif::Repeat::Infinite).unwrap();
        for _ in 0..3 {
            encoder.encode_frame(image::Frame::new(flag(8, 8).to_rgba8())).unwrap();
        }
    }
    // A comment before the end.
    let end = file.pop().unwrap();
    file.extend([0x21, 0xFE, u8::try_from(SECRET.len()).unwrap()]);
    file.extend(SECRET);
    file.extend([0, end]);
    file.extend(SECRET);
    let kept = prepared("image/gif", file.into()).file;
    assert!(!has_secret(&kept) && kept.windows(11).any(|part| part == b"NETSCAPE2.0"));
    let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(&kept[..])).unwrap();
    assert_eq!(image::AnimationDecoder::into_frames(decoder).count(), 3);
}

#[test]
fn a_small_file_that_would_unfold_into_too_much_is_refused() {
    let wide = encoded(&DynamicImage::new_luma8(3_000, 2_000), ImageFormat::Png);
    let few = Limits { pixels: 5_999_999, ..Limits::default() };
    assert!(matches!(prepare("image/png", wide.clone(), few), Err(Unfit::TooManyPixels(_))));
    let little = Limits { memory: 5_999_999, ..Limits::default() };
    assert!(matches!(prepare("image/png", wide.clone(), little), Err(Unfit::TooManyPixels(_))));
    // What says that it has 2³¹ pixels on each side is believed, and refused.
    let mut bomb = wide.to_vec();
    bomb[16..24].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF]);
    assert!(prepare("image/png", bomb.into(), Limits::default()).is_err());
}

#[test]
fn a_picture_of_thousands_of_passes_is_refused() {
    let file = encoded(&flag(40, 20), ImageFormat::Jpeg);
    let scan = file.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap();
    let pass = &file[scan..file.len() - 2];
    let bomb = [&file[..scan], &pass.repeat(65), &[0xFF, 0xD9]].concat();
    assert!(matches!(prepare("image/jpeg", bomb.into(), Limits::default()), Err(Unfit::TooManyPasses)));
}

#[test]
fn whatever_is_cut_or_changed_is_refused_or_shown_and_never_a_panic() {
    let mut dice = 7_u64;
    let mut below = |end: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % end
    };
    let kinds = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
    for format in kinds {
        let kind = format.to_mime_type();
        let whole = encoded(&flag(16, 16), format);
        for _ in 0..150 {
            let mut file = whole.to_vec();
            file.truncate(1 + below(whole.len()));
            for _ in 0..below(4) {
                let at = below(file.len());
                file[at] = below(256) as u8;
            }
            prepare(kind, file.into(), Limits { pixels: 100_000, memory: 1 << 20, ..Limits::default() }).ok();
        }
    }
}
