"""Boards for client programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, check_if_match, etag_of, with_etag
from reviews.api.board_serializers import BoardIn, BoardOut
from reviews.api.shapes import board_shape
from reviews.selectors import board_for, boards_for, open_seats
from reviews.services.boards import define_board


class BoardListView(DomainView):
    """The boards."""

    pagination_class = CursorPages
    cursor_ordering = "key"

    @extend_schema(operation_id="boards_list", responses=BoardOut(many=True))
    def get(self, request: Request) -> Response:
        """All boards with their seats, by key."""
        return self.page(boards_for(viewer=request.user), lambda board: BoardOut(board_shape(board)).data)


class BoardView(DomainView):
    """One board."""

    @extend_schema(operation_id="boards_retrieve", responses=BoardOut)
    def get(self, request: Request, key: str) -> Response:
        """The board with that key."""
        board = board_for(viewer=request.user, key=key)
        return with_etag(Response(BoardOut(board_shape(board)).data), _etag(board))

    @extend_schema(operation_id="boards_define", request=BoardIn, responses={200: BoardOut, 201: BoardOut})
    def put(self, request: Request, key: str) -> Response:
        """Set up or change the board; a changed policy voids the votes on its open requests."""
        before = boards_for(viewer=request.user).filter(key=key).first()
        check_if_match(request, _etag(before))
        asked = BoardIn(data=request.data)
        asked.is_valid(raise_exception=True)
        lock_version = before.version if before and "If-Match" in request.headers else None
        define_board(actor=request.user, key=key, lock_version=lock_version, **asked.validated_data)
        board = board_for(viewer=request.user, key=key)
        code = status.HTTP_200_OK if before else status.HTTP_201_CREATED
        return with_etag(Response(BoardOut(board_shape(board)).data, status=code), _etag(board))


def _etag(board: Any) -> str:
    if board is None:
        return etag_of("board", "none")
    held = [f"{seat.user_id}:{seat.function}" for seat in open_seats(board)]
    return etag_of("board", board.key, board.version, *held)
