"""Invented photographs of rooms and yards, and what becomes of a picture that is used again. Nobody is in them."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

SIZE = (640, 480)


def scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A room or a yard: light falling off, a floor, a dozen things with edges, the grain of walls and of the camera."""
    dice = np.random.default_rng(seed)
    width, height = size
    y, x = np.mgrid[0:height, 0:width] / np.array([[[height]], [[width]]])
    light = 120 + 90 * (dice.uniform(-1, 1) * (x - 0.5) + dice.uniform(-1, 1) * (y - 0.5))
    picture = light[..., None] * dice.uniform(0.7, 1.1, 3)
    floor = dice.uniform(0.45, 0.8)
    picture[y > floor] *= dice.uniform(0.4, 1.4)
    for _ in range(dice.integers(5, 14)):
        left, top = dice.uniform(-0.1, 0.9, 2)
        wide, high = dice.uniform(0.05, 0.45, 2)
        inside = (x > left) & (x < left + wide) & (y > top) & (y < top + high)
        stripes = 1 + dice.uniform(0, 0.25) * np.sin(2 * np.pi * dice.uniform(2, 30) * x[inside])
        picture[inside] = dice.uniform(10, 240, 3) * stripes[:, None]
    grain = dice.normal(0, 1, (12, 16))
    soft = Image.fromarray(np.clip(128 + 40 * grain, 0, 255).astype(np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    picture += 0.4 * (np.asarray(soft, dtype=float)[..., None] - 128) + dice.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """The picture as a telephone writes it."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    """The picture without loss."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _cut(share: float) -> Callable[[Image.Image], Image.Image]:
    def cut(image: Image.Image) -> Image.Image:
        width, height = image.size
        off = (int(width * share / 2), int(height * share / 2))
        return image.crop((*off, width - off[0], height - off[1])).resize(image.size)

    return cut


def _from_screen(image: Image.Image) -> Image.Image:
    """The picture photographed from a screen: turned by a degree, a border, the grid of the screen, other tones."""
    width, height = image.size
    shown = image.rotate(1.0, Image.Resampling.BICUBIC, expand=False, fillcolor=(20, 20, 20))
    pixels = np.asarray(shown, dtype=float)
    grid = 1 + 0.06 * np.sin(np.arange(width) * 2.1)[None, :, None]
    pixels = 255 * (np.clip(pixels * grid, 0, 255) / 255) ** 0.85
    framed = ImageOps.expand(Image.fromarray(pixels.astype(np.uint8)), border=width // 60, fill=(15, 15, 18))
    return framed.resize((width, height)).filter(ImageFilter.GaussianBlur(1.2))


#: What people do to a picture before they use it again, and what it is called.
CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "saved again, quality 40": lambda image: jpeg(image, 40),
    "half as large": lambda image: jpeg(image.resize((image.width // 2, image.height // 2))),
    "a quarter as large, quality 60": lambda image: jpeg(
        image.resize((image.width // 4, image.height // 4)), 60
    ),
    "a third brighter": lambda image: jpeg(ImageEnhance.Brightness(image).enhance(1.33)),
    "a third darker": lambda image: jpeg(ImageEnhance.Brightness(image).enhance(0.67)),
    "photographed from a screen": lambda image: jpeg(_from_screen(image)),
    "mirrored": lambda image: jpeg(ImageOps.mirror(image)),
    "cut by 5 %": lambda image: jpeg(_cut(0.05)(image)),
    "cut by 10 %": lambda image: jpeg(_cut(0.10)(image)),
    "cut by 20 %": lambda image: jpeg(_cut(0.20)(image)),
}
