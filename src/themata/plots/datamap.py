"""A still map for print: the documents in color, the names of topics where they fit, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.topics import Topics
from themata.plots import name_places, theme

# What datamapplot 0.7 draws by; notebooks hand it over
OPTIONS = frozenset(
    """
    add_glow alpha arrowprops ax background_color background_image background_image_bounds cdn_url
    cluster_boundary_line_width cluster_boundary_polygons cluster_colormap cluster_layer_colormaps cmap
    color_cluster_boundaries color_label_arrows color_label_text color_list colormap_metadata colormap_rawdata
    colormaps custom_css custom_html custom_js cvd_safer darkmode data_map_coords default_widget_config
    density_overview_crossfade_range density_overview_n_jobs density_overview_n_levels
    density_overview_tile_resolution dpi dynamic_label_size dynamic_label_size_scaling_factor dynamic_tooltip
    edge_bundle edge_bundle_keywords edge_width enable_density_overview enable_hex_density enable_search
    enable_topic_tree extra_point_data figsize font_family font_weight force_matplotlib glow_keywords height
    hex_density_base_radius hex_density_cmap hex_density_coverage hex_density_min_count
    hex_density_num_zoom_levels hex_density_opacity hex_density_zoom_thresholds
    hierarchical_collision_priority highlight_colors highlight_label_keywords highlight_labels histogram_data
    histogram_enable_click_persistence histogram_group_datetime_by histogram_n_bins histogram_range
    histogram_settings hover_text hover_text_html_template initial_zoom_fraction inline_data
    label_arrow_colors label_base_radius label_cluster_sizes label_color_map label_dataframe
    label_direction_bias label_font_outline_alpha label_font_size label_font_stroke_width label_layers
    label_linespacing label_locations label_margin_factor label_over_points label_text label_text_colors
    label_wrap_width labels line_spacing logo logo_width marker_alpha_array marker_color_array
    marker_size_array marker_type matplotlib_lineswidth max_font_size max_font_weight max_fontsize
    min_font_size min_font_weight min_fontsize minify_deps noise_color noise_label offline_data_chunk_size
    offline_data_path offline_data_prefix offline_mode offline_mode_font_data_file offline_mode_js_data_file
    on_click palette_hue_radius_dependence palette_hue_shift palette_min_lightness palette_theta_range
    point_dataframe point_hover_color point_line_width point_line_width_max_pixels point_line_width_min_pixels
    point_radius_max_pixels point_radius_min_pixels point_size point_size_scale polygon_alpha
    pylabeladjust_adjust_by_size pylabeladjust_margin_percentage pylabeladjust_max_iterations
    pylabeladjust_radius_scale pylabeladjust_speed search_field selection_handler show_labels
    show_loading_progress splash_warning sub_title sub_title_font_size sub_title_keywords
    text_collision_size_scale text_max_pixel_size text_min_pixel_size text_outline_color text_outline_width
    title title_font_size title_keywords tooltip_css tooltip_font_family tooltip_font_weight topic_tree_kwds
    use_medoids use_system_fonts use_widgets verbose widget_layout widgets width
    """.split()
)


def datamap(
    topics: Topics,
    coords: Float2d,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    sub_title: str | None = None,
    canvas: theme.Canvas,
) -> Any:
    """All documents as one trace of points; the names of the topics asked for, moved until they lie free.

    rows : topics that are named and colored; others are gray
    """
    import plotly.graph_objects as go

    placed = np.asarray(coords, dtype=np.float32)
    theme.check_rows(topics.n_docs, coordinates=len(placed))
    if not topics.n_docs:
        return canvas.empty("no documents")
    colored = np.where(np.isin(topics.assignment, list(rows)), topics.assignment, -1)
    order = np.argsort(colored >= 0, kind="stable")  # gray below
    figure = theme.figure(
        go.Scattergl(
            x=placed[order, 0],
            y=placed[order, 1],
            mode="markers",
            hoverinfo="skip",
            marker={
                "size": 3 if topics.n_docs > 20_000 else 5,
                "opacity": 0.5,
                **theme.colored(colored[order]),
            },
        )
    )
    heading = f"<b>{theme.short(canvas.title, 100)}</b>" + (
        f"<br><sup>{theme.short(sub_title, 160)}</sup>" if sub_title else ""
    )
    replace(canvas, title=heading).dress(figure)
    per_pixel = name_places.framed(figure, placed)
    members = {row: np.flatnonzero(topics.assignment == row) for row in rows if topics.sizes[row]}
    tags = name_places.tags(placed, members, names, per_pixel)
    return figure.update_layout(showlegend=False, annotations=tags)
