"""Table of the attributes of plotly figures: drawn, harmless, or named in a note.

A path covers everything below it. What changes only looks (fonts, widths, patterns) or what
appears only under a mouse pointer is harmless. What changes the values that a reader sees and
is not drawn is named in a note, and so are attributes outside of the table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AttributeTable:
    """Paths of one kind of object by what becomes of them, separated by blanks."""

    drawn: str = ""
    harmless: str = ""
    noted: str = ""
    """Named in a note unless the value is one of HARMLESS_VALUES."""
    noted_if_list: str = ""
    """Named in a note where there is one value a point; one value for all is only a look."""
    inherits: tuple[str, ...] = ()


HARMLESS_VALUES: dict[str, tuple[object, ...]] = {
    "annotations": ([],),
    "boxmean": (True, False),
    "boxpoints": ("outliers", "suspectedoutliers", False),
    "calendar": ("gregorian",),
    "cells.format": ([], [[]]),
    "connectgaps": (False,),
    "contours.type": ("levels",),
    "camera.center": ({"x": 0, "y": 0, "z": 0},),
    "camera.up": ({"x": 0, "y": 0, "z": 1},),
    "dx": (1,),
    "dy": (1,),
    "images": ([],),
    "line.shape": ("linear", "hv", "vh", "hvh", "vhv"),
    "marker.maxdisplayed": (0,),
    "marker.reversescale": (False,),
    "opacity": (1,),
    "points": ("outliers", "suspectedoutliers", False),
    "projection": ({},),
    "rangebreaks": ([],),
    "rangemode": ("normal",),
    "reversescale": (False,),
    "scattermode": ("overlay",),
    "side": ("both",),
    "sizemode": ("quartiles",),
    "sliders": ([],),
    "surfaceaxis": (-1,),
    "updatemenus": ([],),
    "x0": (0,),
    "x0shift": (0,),
    "x1shift": (0,),
    "xcalendar": ("gregorian",),
    "xperiod": (0,),
    "xsizemode": ("scaled",),
    "y0": (0,),
    "y0shift": (0,),
    "y1shift": (0,),
    "ycalendar": ("gregorian",),
    "yperiod": (0,),
    "ysizemode": ("scaled",),
    "zcalendar": ("gregorian",),
}
"""Values of attributes that are noted otherwise: plotly's defaults, and what is drawn of them."""

_PERIODS = "xperiod yperiod"
_PERIOD_DETAILS = "xperiod0 xperiodalignment yperiod0 yperiodalignment"

TABLES: dict[str, AttributeTable] = {
    "trace": AttributeTable(
        drawn="type name visible showlegend",
        harmless=(
            "uid uirevision ids customdata meta hoverinfo hoverlabel hovertemplate"
            " hovertemplatefallback hovertext legend legendrank legendwidth legendgroup"
            " legendgrouptitle stream transforms selected unselected"
        ),
        noted="selectedpoints opacity",
    ),
    "cartesian": AttributeTable(
        drawn="x y xaxis yaxis",
        harmless="xhoverformat yhoverformat zorder",
        noted="xcalendar ycalendar",
        inherits=("trace",),
    ),
    "texts": AttributeTable(
        harmless=(
            "textfont textposition texttemplatefallback textangle outsidetextfont insidetextfont"
            " insidetextanchor constraintext cliponaxis"
        ),
        noted="texttemplate",
    ),
    "marks": AttributeTable(
        drawn="marker.color marker.colorscale marker.cmin marker.cmax marker.coloraxis"
        " marker.colorbar.tickvals marker.colorbar.ticktext",
        harmless=(
            "marker.line marker.gradient marker.sizeref marker.sizemin marker.sizemode"
            " marker.showscale marker.colorbar marker.autocolorscale marker.cauto marker.cmid"
            " marker.angleref marker.standoff marker.pattern marker.cornerradius"
        ),
        noted="marker.maxdisplayed marker.reversescale",
        noted_if_list="marker.size marker.symbol marker.opacity marker.angle",
    ),
    "scatter": AttributeTable(
        drawn=(
            "mode text x0 dx y0 dy line.color line.shape stackgroup stackgaps groupnorm connectgaps"
            " fill error_x error_y orientation"
        ),
        harmless=(
            "hoveron fillcolor fillpattern fillgradient alignmentgroup offsetgroup line.dash"
            f" line.width line.backoff line.simplify line.smoothing {_PERIOD_DETAILS}"
        ),
        noted=f"{_PERIODS} line.shape",
        inherits=("cartesian", "texts", "marks"),
    ),
    "scattergl": AttributeTable(inherits=("scatter",)),
    "bar": AttributeTable(
        drawn=(
            "text x0 dx y0 dy base offset width orientation offsetgroup alignmentgroup"
            " error_x error_y"
        ),
        harmless=_PERIOD_DETAILS,
        noted=_PERIODS,
        inherits=("cartesian", "texts", "marks"),
    ),
    "histogram": AttributeTable(
        drawn=(
            "histfunc histnorm cumulative xbins ybins nbinsx nbinsy bingroup orientation"
            " offsetgroup alignmentgroup error_x error_y"
        ),
        harmless="text autobinx autobiny",
        inherits=("cartesian", "texts", "marks"),
    ),
    "box": AttributeTable(
        drawn=(
            "x0 dx y0 dy q1 median q3 lowerfence upperfence mean boxmean boxpoints orientation"
            " offsetgroup quartilemethod width showwhiskers"
        ),
        harmless=(
            "alignmentgroup fillcolor hoveron jitter line marker notched notchspan notchwidth"
            f" pointpos sd sdmultiple text whiskerwidth {_PERIOD_DETAILS}"
        ),
        noted=f"sizemode boxmean boxpoints {_PERIODS}",
        inherits=("cartesian",),
    ),
    "violin": AttributeTable(
        drawn="x0 y0 meanline orientation offsetgroup points quartilemethod width",
        harmless=(
            "alignmentgroup bandwidth box fillcolor hoveron jitter line marker pointpos scalegroup"
            " scalemode span spanmode text"
        ),
        noted="points side",
        inherits=("cartesian",),
    ),
    "heatmap": AttributeTable(
        drawn="z x0 dx y0 dy xtype ytype transpose zmin zmax coloraxis",
        harmless=(
            "autocolorscale colorbar colorscale hoverongaps reversescale showscale text textfont"
            f" texttemplatefallback xgap ygap zauto zhoverformat zmid zsmooth {_PERIOD_DETAILS}"
        ),
        noted=f"connectgaps texttemplate {_PERIODS}",
        inherits=("cartesian",),
    ),
    "contour": AttributeTable(
        harmless="autocontour contours fillcolor line ncontours",
        noted="contours.type",
        inherits=("heatmap",),
    ),
    "histogram2d": AttributeTable(
        drawn="histfunc histnorm marker.color xbins ybins nbinsx nbinsy",
        harmless="autobinx autobiny",
        noted="bingroup xbingroup ybingroup",
        inherits=("heatmap",),
    ),
    "histogram2dcontour": AttributeTable(inherits=("histogram2d", "contour")),
    "image": AttributeTable(
        drawn="z source colormodel zmin zmax xaxis yaxis",
        harmless="text zorder zsmooth",
        noted="x0 dx y0 dy",
        inherits=("trace",),
    ),
    "table": AttributeTable(
        drawn=("domain header.values cells.values cells.prefix cells.suffix columnorder"),
        harmless=(
            "columnwidth header.align header.fill header.font header.height header.line"
            " cells.align cells.fill cells.font cells.height cells.line"
        ),
        noted="cells.format header.format header.prefix header.suffix",
        inherits=("trace",),
    ),
    "shares": AttributeTable(
        drawn="labels values domain title",
        harmless="marker text textinfo scalegroup",
        inherits=("trace", "texts"),
    ),
    "pie": AttributeTable(
        drawn="label0 dlabel sort",
        harmless="automargin direction hole insidetextorientation pull rotation",
        inherits=("shares",),
    ),
    "funnelarea": AttributeTable(
        drawn="label0 dlabel", harmless="aspectratio baseratio", inherits=("shares",)
    ),
    "funnel": AttributeTable(
        drawn="x y orientation xaxis yaxis",
        harmless=(
            "alignmentgroup connector dx dy marker offset offsetgroup text textinfo width x0 y0"
            f" xhoverformat yhoverformat zorder {_PERIOD_DETAILS}"
        ),
        noted=_PERIODS,
        inherits=("trace", "texts"),
    ),
    "sunburst": AttributeTable(
        drawn="parents branchvalues count",
        harmless="insidetextorientation leaf maxdepth root rotation sort",
        noted="level",
        inherits=("shares",),
    ),
    "treemap": AttributeTable(harmless="pathbar tiling", inherits=("sunburst",)),
    "icicle": AttributeTable(harmless="pathbar tiling", inherits=("sunburst",)),
    "indicator": AttributeTable(
        drawn=(
            "value mode domain title delta.reference delta.relative number.prefix number.suffix"
            " gauge.axis.range"
        ),
        harmless=(
            "align delta number.font gauge.axis gauge.bar gauge.stepdefaults gauge.bgcolor"
            " gauge.bordercolor gauge.borderwidth gauge.shape"
        ),
        noted="gauge.steps gauge.threshold number.valueformat",
        inherits=("trace",),
    ),
    "scatter3d": AttributeTable(
        drawn="x y z scene mode line.color",
        harmless=("line surfacecolor text xhoverformat yhoverformat zhoverformat"),
        noted=(
            "connectgaps error_x error_y error_z projection surfaceaxis xcalendar ycalendar"
            " zcalendar"
        ),
        noted_if_list="line.color",
        inherits=("trace", "texts", "marks"),
    ),
    "layout": AttributeTable(
        drawn=(
            "annotations autotypenumbers bargap bargroupgap barmode barnorm boxgap boxgroupgap"
            " boxmode coloraxis colorscale colorway hiddenlabels scene shapes template title"
            " violingap violingroupgap violinmode xaxis yaxis"
        ),
        harmless=(
            "activeselection activeshape annotationdefaults autosize barcornerradius clickanywhere"
            " clickmode computed datarevision dragmode editrevision extendfunnelareacolors"
            " extendiciclecolors extendpiecolors extendsunburstcolors extendtreemapcolors font"
            " funnelareacolorway funnelgap funnelgroupgap funnelmode geo height hidesources"
            " hoveranywhere hoverdistance hoverlabel hovermode hoversort hoversubplots"
            " iciclecolorway imagedefaults legend map mapbox margin meta minreducedheight"
            " minreducedwidth modebar newselection newshape paper_bgcolor piecolorway plot_bgcolor"
            " polar scattergap selectdirection selectionrevision selectiondefaults selections"
            " separators shapedefaults showlegend sliderdefaults smith spikedistance"
            " sunburstcolorway ternary transition treemapcolorway uirevision uniformtext"
            " updatemenudefaults waterfallgap waterfallgroupgap waterfallmode width"
        ),
        noted="calendar grid images scattermode sliders title.subtitle updatemenus",
    ),
    "axis": AttributeTable(
        drawn=(
            "anchor autorange autorangeoptions autotypenumbers categoryarray categoryorder domain"
            " matches maxallowed minallowed overlaying range rangemode side tickmode tickprefix"
            " ticksuffix ticktext tickvals title type"
        ),
        harmless=(
            "automargin autoshift autotickangles color constrain constraintoward dividercolor"
            " dividerwidth dtick exponentformat fixedrange gridcolor griddash gridwidth hoverformat"
            " layer linecolor linewidth minexponent minor minorloglabels mirror modebardisable"
            " nticks position rangeselector rangeslider scaleanchor scaleratio separatethousands"
            " shift showdividers showexponent showgrid showline showspikes showticklabels"
            " showtickprefix showticksuffix spikecolor spikedash spikemode spikesnap"
            " spikethickness tick0 tickangle tickcolor tickfont tickformatstopdefaults"
            " tickformatstops ticklabelindex ticklabelmode ticklabeloverflow ticklabelposition"
            " ticklabelshift ticklabelstandoff ticklabelstep ticklen tickson ticks tickwidth"
            " uirevision unifiedhovertitle visible zeroline zerolinecolor zerolinelayer"
            " zerolinewidth rangebreakdefaults"
        ),
        noted="calendar insiderange labelalias rangebreaks tickformat",
    ),
    "scene": AttributeTable(
        drawn="aspectmode aspectratio camera.eye domain xaxis yaxis zaxis",
        harmless="annotationdefaults bgcolor camera.projection dragmode hovermode uirevision",
        noted="annotations camera.center camera.up",
    ),
    "scene axis": AttributeTable(
        drawn="autotypenumbers categoryarray categoryorder range title type",
        harmless=(
            "backgroundcolor color dtick exponentformat gridcolor gridwidth hoverformat linecolor"
            " linewidth minexponent mirror nticks separatethousands showaxeslabels showbackground"
            " showexponent showgrid showline showspikes showticklabels showtickprefix"
            " showticksuffix spikecolor spikesides spikethickness tick0 tickangle tickcolor"
            " tickfont tickformat tickformatstopdefaults tickformatstops ticklen tickmode"
            " tickprefix ticks ticksuffix ticktext tickvals tickwidth visible zeroline"
            " zerolinecolor zerolinewidth"
        ),
        noted="autorange autorangeoptions calendar labelalias maxallowed minallowed rangemode",
    ),
    "shape": AttributeTable(
        drawn="fillcolor label.text line.color name path type visible x0 x1 xref y0 y1 yref",
        harmless=(
            "editable fillrule label layer legend legendgroup legendgrouptitle legendrank"
            " legendwidth line opacity showlegend xanchor yanchor"
        ),
        noted=(
            "label.texttemplate templateitemname x0shift x1shift xsizemode y0shift y1shift"
            " ysizemode"
        ),
    ),
    "annotation": AttributeTable(
        drawn="font.color text visible x xref y yref",
        harmless=(
            "align arrowcolor arrowhead arrowside arrowsize arrowwidth ax axref ay ayref bgcolor"
            " bordercolor borderpad borderwidth captureevents clicktoshow font height hoverlabel"
            " hovertext name opacity showarrow standoff startarrowhead startarrowsize"
            " startstandoff textangle valign width xanchor xclick xshift yanchor yclick yshift"
        ),
        noted="templateitemname",
    ),
    "coloraxis": AttributeTable(
        drawn="cmin cmax colorscale colorbar",
        harmless="autocolorscale cauto cmid showscale",
        noted="reversescale",
    ),
}

DRAWN_KINDS = (
    "scatter", "scattergl", "bar", "histogram", "box", "violin", "heatmap", "contour",
    "histogram2d", "histogram2dcontour", "image", "table", "pie", "funnelarea", "funnel",
    "sunburst", "treemap", "icicle", "indicator", "scatter3d",
)  # fmt: skip
"""Kinds of traces that are drawn; all others are said with their size."""
