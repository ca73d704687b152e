-- Creates an Ardour session with one track: a song played by Timbrel with a preset.
-- usage: ardour7-lua make_session.lua FOLDER NAME SONG.mid PRESET [FROM TO]
-- With FROM and TO, automation moves X from FROM to TO and Y from TO to FROM, over the four seconds of the session.
local folder, name, song, preset, from, to = table.unpack (arg)
local rate, beats_per_second, ticks_per_beat, seconds = 48000, 2, 1920, 4

local backend = AudioEngine:set_backend ("None (Dummy)", "", "")
backend:set_sample_rate (rate)
backend:set_buffer_size (256)
local session = create_session (folder, name, rate)
assert (session, "no session")

local function channels (kind, count)
	return ARDOUR.ChanCount (ARDOUR.DataType (kind), count)
end
-- A function, so that no local variable refers to the session when it closes.
local function add_instrument ()
	local info = ARDOUR.LuaAPI.new_plugin_info ("urn:timbrel:morph", ARDOUR.PluginType.LV2)
	assert (info and not info:isnil (), "Ardour does not know the plugin")
	local tracks = session:new_midi_track (channels ("midi", 1), channels ("audio", 2), true, info, nil, nil, 1, "Timbrel",
		ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
	local insert = tracks:front ():nth_plugin (0)
	local plugin = insert:to_insert ():plugin (0)
	local chosen = plugin:preset_by_label (preset)
	assert (chosen and plugin:load_preset (chosen), "no such preset")

	-- X and Y are the first two controls; their ports are 4 and 5.
	local function automate (control, first, last)
		local _, points = ARDOUR.LuaAPI.plugin_automation (insert, control)
		points:add (Temporal.timepos_t (0), first, false, true)
		points:add (Temporal.timepos_t (rate * seconds), last, false, true)
		local parameter = Evoral.Parameter (ARDOUR.AutomationType.PluginAutomation, 0, 4 + control)
		insert:to_automatable ():automation_control (parameter, false):set_automation_state (ARDOUR.AutoState.Play)
	end
	if from then
		automate (0, tonumber (from), tonumber (to))
		automate (1, tonumber (to), tonumber (from))
	end
end
add_instrument ()
collectgarbage ()
session:save_state ("")
session = nil
collectgarbage ()
close_session ()

-- Ardour's Lua API cannot create a MIDI region, so the song is inserted into the session file.
local midi_files = folder .. "/interchange/" .. folder:match ("[^/]+$") .. "/midifiles"
assert (os.execute (string.format ("cp '%s' '%s/song.mid'", song, midi_files)))
local path = folder .. "/" .. name .. ".ardour"
local file = io.open (path)
local text = file:read ("a")
file:close ()
local function replace (pattern, replacement)
	local first, last = text:find (pattern, 1, true)
	assert (first, pattern)
	text = text:sub (1, first - 1) .. replacement .. text:sub (last + 1)
end
local length = seconds * beats_per_second * ticks_per_beat
local playlist = text:match ('<Playlist [^>]*type="midi"[^>]*/>')
replace ('<Sources/>',
	'<Sources><Source name="song.mid" take-id="" type="midi" flags="" id="90001" origin="song.mid"/></Sources>')
replace (playlist, playlist:gsub ('/>$', '>') ..
	'<Region name="song" id="90002" type="midi" first-edit="nothing" start="b0" length="b' .. length ..
	'@b0" source-0="90001" master-source-0="90001" channels="1"/></Playlist>')
replace ('<Locations/>',
	'<Locations><Location id="90003" name="session" start="b0" end="b' .. length ..
	'" flags="IsSessionRange" locked="0"/></Locations>')
file = io.open (path, "w")
file:write (text)
file:close ()
quit ()
