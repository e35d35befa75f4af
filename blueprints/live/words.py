"""The sentences that the room's scripts say, in the language of the page. {name} is filled in by the script."""

from flask_babel import gettext as _

from blueprints.live.board_words import board_words


def media_words() -> dict[str, str]:
    """What went wrong with camera and microphone, and what still works."""
    return {
        "media_denied": _(
            "The browser does not let this page use camera and microphone. Allow them and try again, or go in and listen."
        ),
        "media_missing": _("No camera or microphone was found. Plug one in and try again, or go in and listen."),
        "media_busy": _("Another program is using the camera or microphone. Close it and try again."),
        "media_device_gone": _("The device you used is gone. We switched to another one."),
        "media_no_microphone": _(
            "Your microphone is gone and there is no other. Plug one in; you can write meanwhile."
        ),
        "media_no_camera": _("Your camera is gone and there is no other. Sound goes on."),
        "media_taken": _("Another call has your microphone. {name} hears you again when it ends."),
        "media_given_back": _("Your microphone is back."),
        "media_insecure": _("Camera and microphone need a secure page. Open PeerLearn with https."),
        "media_failed": _("Camera and microphone did not start. Try again, or go in and listen."),
        "mode_audio": _("Camera is off. {name} will hear you."),
        "mode_video": _("No microphone. {name} will see you, and you can write."),
        "mode_none": _("You go in listening. You can draw and write."),
    }


def allow_words() -> dict[str, str]:
    """Where each browser hides the switch for camera and microphone, and what still works without one of them."""
    return {
        "allow_chrome": _(
            "In Chrome: click the icon left of the address, turn on Camera and Microphone, then try again."
        ),
        "allow_edge": _("In Edge: click the lock left of the address, allow Camera and Microphone, then try again."),
        "allow_firefox": _(
            "In Firefox: click the crossed-out camera left of the address, remove the block, then try again."
        ),
        "allow_safari": _("In Safari: open Safari, Settings for this Website, choose Allow for both, then try again."),
        "allow_ios": _("On iPhone and iPad: tap aA beside the address, Website Settings, allow both, then try again."),
        "allow_android": _("In Chrome: tap the icon left of the address, Permissions, allow both, then try again."),
        "allow_samsung": _(
            "In Samsung Internet: tap the lock beside the address, Permissions, allow both, then try again."
        ),
        "allow_other": _("Open this page’s settings beside the address, allow both, then try again."),
        "camera_denied": _("The camera is not allowed here. {name} will hear you."),
        "camera_missing": _("No camera was found. {name} will hear you, and you both have the board."),
        "camera_busy": _("Another program is using the camera. {name} will hear you; close that program to be seen."),
        "camera_failed": _("The camera did not start. {name} will hear you."),
        "microphone_denied": _("The microphone is not allowed here. {name} will see you, and you can write."),
        "microphone_missing": _("No microphone was found. {name} will see you, and you can write."),
        "microphone_busy": _(
            "Another program is using the microphone. {name} will see you; close that program to be heard."
        ),
        "microphone_failed": _("The microphone did not start. {name} will see you, and you can write."),
    }


def lobby_words() -> dict[str, str]:
    """Sentences of the lobby."""
    return (
        media_words()
        | allow_words()
        | {
            "heard": _("We hear you"),
            "silent": _("Say something"),
            "no_microphone": _("No microphone"),
            "muted": _("Muted"),
            "mute": _("Mute"),
            "unmute": _("Unmute"),
            "camera": _("Camera"),
            "camera_on": _("Camera on"),
            "checking": _("Checking"),
            "net_direct": _("Good, direct"),
            "net_direct_help": _("A direct connection works here. Our relay stands by in case it breaks."),
            "net_alone": _("Good, direct"),
            "net_alone_help": _(
                "A direct connection is likely. This server has no relay set up, so some networks may fail."
            ),
            "net_relay": _("Good, by relay"),
            "net_relay_help": _(
                "Your network lets no direct connection in. The call will use our relay, and sounds the same."
            ),
            "net_tcp": _("Good, over TCP"),
            "net_tcp_help": _(
                "UDP is blocked here, so the call goes over TCP through our relay. A weak line may lag a little."
            ),
            "net_no_relay": _("Direct only"),
            "net_no_relay_help": _(
                "Our relay can’t be reached from here. Most calls still connect directly. If yours does not, try mobile data."
            ),
            "net_none": _("Only board and chat"),
            "net_none_help": _(
                "Your network lets no call through. Try mobile data or another Wi-Fi. Board and chat work either way."
            ),
            "net_offline": _("No connection"),
            "net_offline_help": _("We can’t be reached. Check your Wi-Fi or mobile data, then check again."),
            "net_thin": _("Thin line"),
            "net_thin_help": _("The line is too thin for a good picture. Low data keeps sound and board clear."),
            "net_round_trip": _("Round trip {ms} ms."),
            "net_speed": _("At least {speed} Mbit/s."),
            "net_when": _("Checked today at {time}."),
            "tone_plays": _("Playing"),
            "tone_heard": _("Did you hear it?"),
            "tone_failed": _("No sound could be played"),
            "starts_in": _("Starts in"),
            "started": _("Started"),
            "not_here": _("{name} isn’t here yet"),
            "not_here_late": _("{name} isn’t here yet, {time}"),
            "write_to_them": _("Go in and write to {name}. Waiting in the room counts."),
            "bring_in": _("We’ll bring you in when {name} arrives."),
            "here": _("{name} is here"),
            "going_in": _("Going in."),
            "reconnecting": _("Reconnecting"),
            "reconnecting_help": _("This page lets you in by itself when the line is back."),
        }
    )


def chat_words() -> dict[str, str]:
    """Sentences of the chat and of files that go across."""
    return {
        "typing": _("{name} is writing"),
        "chat_sending": _("Sending"),
        "chat_waiting": _("Waits for the line"),
        "chat_sent": _("Sent"),
        "chat_seen": _("Seen"),
        "chat_failed": _("Not sent"),
        "chat_retry": _("Try again"),
        "chat_edit": _("Change it"),
        "chat_drop": _("Remove"),
        "chat_unread": _("{count} new messages"),
        "file_save": _("Save"),
        "file_checked": _("checked"),
        "file_not_kept": _("went from browser to browser, not kept by us"),
        "file_type": _(
            "{file} was not sent: files of this kind can do harm. Send a PDF, a picture, a document or a sound."
        ),
        "file_size": _("{file} was not sent: it is larger than 25 MB. Send a smaller one."),
        "file_empty": _("{file} was not sent: it is empty."),
        "file_magic": _("{file} was not sent: what is in it is not what its name says."),
        "file_read": _("{file} could not be read. Choose it again."),
        "file_busy": _("One file at a time. Send {file} when this one is across."),
        "file_no_line": _(
            "Files go straight to {name}, and there is no call to {name} now. Send it when you hear each other again."
        ),
        "file_offered": _("{name} sends you a file"),
        "file_take": _("Take it"),
        "file_decline": _("No, thanks"),
        "file_asking": _("Waits for {name}"),
        "file_going": _("{done} of {size}"),
        "file_cut": _("The line broke. It goes on by itself when the call is back."),
        "file_cancel": _("Cancel"),
        "file_cancelled": _("Cancelled"),
        "file_cancelled_there": _("{name} cancelled it"),
        "file_declined": _("{name} did not take it"),
        "file_refused_there": _("{name}’s browser refused it"),
        "file_broken": _("It did not arrive whole. Send it again."),
        "file_arrived": _("{file} is here."),
    }


def replay_words() -> dict[str, str]:
    """Sentences of the recap's replay."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "draws": _("{name} draws"),
        "writes": _("{name} writes"),
        "clears": _("{name} clears the page"),
        "begin": _("The beginning"),
        "end": _("The end"),
        "step": _("step {step} of {steps}"),
        "of": _("of {time}"),
        "at": _("{time} of {whole}"),
        "in_chat": _("In chat at {time}, {name}"),
        "jump": _("Jump to {time}"),
        "page": _("Page {page}"),
        "save_page": _("Save page {page} as a picture"),
        "save_page_svg": _("Save page {page} as SVG"),
        "failed": _("The lesson’s log could not be loaded. It is safe with us. Try again in a moment."),
        "nothing": _("Nobody drew this time."),
    }


def line_words() -> dict[str, str]:
    """What is said when a line carries less than before, or more again: our own, and the other one's."""
    return {
        "line_small": _("Your upload is weak. Your picture is smaller for now."),
        "line_still": _("Your upload is weak. {name} sees a still picture, sound goes on."),
        "line_voice": _("Your upload is weak. Video is paused, sound goes on."),
        "line_thin": _("Your upload is very weak. Your voice is sent more plainly, so that it does not break."),
        "line_board": _("Your upload carries no sound now. Write in the chat; the board goes on."),
        "line_sound_back": _("{name} can hear you again."),
        "line_video_back": _("The line is strong again. Your video is back."),
        "peer_line_small": _("{name}’s upload is weak. The picture is smaller for now."),
        "peer_line_still": _("{name}’s upload is weak. You see a still picture, sound goes on."),
        "peer_line_voice": _("{name}’s upload is weak. The picture is paused, sound goes on."),
        "peer_line_thin": _("{name}’s upload is very weak. The voice comes more plainly."),
        "peer_line_board": _("{name}’s upload carries no sound now. Write in the chat; the board goes on."),
        "peer_line_sound_back": _("You can hear {name} again."),
        "peer_line_video_back": _("{name}’s picture is back."),
        "silent_hint": _("Your microphone gives no sound. Choose another one in the menu, or check its switch."),
        "diagnostics_sent": _("Sent. Our support can now see how the call went."),
        "diagnostics_waits": _("The server can’t be reached now. Try again when the line is back."),
    }


def around_words() -> dict[str, str]:
    """More time, captions, and hints about the sound."""
    return {
        "extend_free": _("free"),
        "extend_asked": _("{name} asks for {minutes} more minutes, {price}."),
        "extend_asked_free": _("{name} asks for {minutes} more minutes."),
        "extend_asking": _("You asked {name} for {minutes} more minutes, {price}."),
        "extend_asking_free": _("You asked {name} for {minutes} more minutes."),
        "extend_pay": _("You both want {minutes} more minutes. Pay {price} to add them."),
        "extend_paying": _("You both want {minutes} more minutes. {name} is paying {price}."),
        "extend_added": _("{minutes} minutes were added."),
        "extend_declined": _("No more time this once. The lesson goes on as planned."),
        "extend_lapsed": _("The offer of more time ran out. Ask again if you both like."),
        "extend_returned": _("The payment came too late. All of it goes back."),
        "extend_yes": _("Yes, go on"),
        "extend_no": _("Not now"),
        "extend_take_back": _("Take it back"),
        "extend_pay_button": _("Pay {price}"),
        "extend_prepaid_button": _("Use {minutes} of your minutes"),
        "extend_checking": _("Checking with your bank. The call goes on."),
        "extend_unreachable": _("The payment did not open here. Pay on a page of its own; the call goes on."),
        "extend_offline": _("That did not reach us. Try again when the line is back."),
        "captions_on": _("Captions are on. {name} reads what you say."),
        "captions_off": _("Captions are off."),
        "captions_refused": _("This browser does not turn speech into words here. You can write in the chat."),
        "picture_none": _("There is no picture to show yet."),
        "silent_microphone": _("No sound comes from your microphone. Check its switch, or choose another one."),
        "silent_peer": _("No sound arrives from {name}. Write to ask whether the microphone is on."),
    }


def room_words() -> dict[str, str]:
    """Sentences of the room."""
    return (
        media_words()
        | chat_words()
        | line_words()
        | board_words()
        | around_words()
        | {
            "you": _("You"),
            "waiting": _("Waiting for {name}"),
            "connecting": _("Connecting to {name}"),
            "good_direct": _("Good connection, direct"),
            "good_relay": _("Good connection, by relay"),
            "good": _("Good connection"),
            "fair": _("Connection is fair"),
            "weak": _("Connection is weak"),
            "upload": _("Your upload is weak"),
            "low_data": _("Low data, {rate} kB a second"),
            "interrupted": _("Reconnecting to {name}"),
            "failed": _("No way to {name} yet"),
            "banner_socket": _("Reconnecting, {seconds} seconds."),
            "banner_socket_still": _("You still hear {name}. Your ink is safe here and sends itself."),
            "banner_socket_alone": _("Your ink is safe here and sends itself."),
            "banner_media": _("The picture and sound stopped."),
            "banner_media_more": _("We are finding a new way to {name}. Board and chat still work."),
            "banner_failed": _("No call gets through on this network."),
            "banner_failed_more": _("Board and chat work. Try mobile data or another Wi-Fi for sound."),
            "banner_peer": _("{name}’s line dropped."),
            "banner_peer_more": _("{name} comes back by reload or by itself. The board is kept."),
            "banner_sound": _("Tap to hear {name}."),
            "entered": _("{name} is here."),
            "left": _("{name} left the room."),
            "peer_muted": _("{name} is muted"),
            "peer_unmuted": _("{name} is not muted"),
            "peer_hand": _("{name} raised a hand"),
            "peer_screen": _("{name} shows the screen"),
            "peer_screen_off": _("{name} stopped showing the screen"),
            "mute": _("Mute"),
            "unmute": _("Unmute"),
            "camera": _("Camera"),
            "camera_on": _("Camera on"),
            "share": _("Share screen"),
            "share_stop": _("Stop sharing"),
            "hand": _("Raise hand"),
            "hand_down": _("Lower hand"),
            "muted_hint": _("You are muted. Unmute to be heard."),
            "left_of": _("left of {minutes}"),
            "until_start": _("until the start"),
            "over_time": _("over time"),
            "warning_5": _("5 minutes left."),
            "warning_1": _("1 minute left."),
            "board_save_failed": _("The file could not be made. Check your connection and save again."),
            "board_saved": _("Board saved, {count} strokes"),
            "board_saved_one": _("Board saved, 1 stroke"),
            "board_saved_empty": _("Board saved"),
            "strokes_wait": _("{count} strokes wait"),
            "stroke_waits": _("1 stroke waits"),
            "page": _("Page {page} of {pages}"),
            "peer_page": _("{name} is on page {page}"),
            "page_short": _("{page}/{pages}"),
            "seat_moved": _("The call moved to your other tab or device."),
            "photo_bad": _("This file is not a picture. Choose a JPEG or PNG."),
            "photo_large": _("This picture is too large for the board. Choose a smaller one."),
            "screen_failed": _("The screen could not be shared. Try again, or put a picture on the board."),
            "text_prompt": _("Write on the board"),
            "color_0": _("Ink black"),
            "color_1": _("Indigo"),
            "color_2": _("Rose"),
            "color_3": _("Green"),
            "color_4": _("Brown"),
            "color_5": _("Grey"),
        }
    )
